//! The examples at the end of the help of each command. A test runs them.

pub(super) const DEMO: &str = "\
Examples:
  legit-health demo
  legit-health demo --color always | less -R";

pub(super) const DIAGNOSIS_SUPPORT: &str = "\
Examples:
  legit-health --sandbox dx psoriasis-moderate.jpg
      one image, without an account and without a network
  legit-health --sandbox dx nevus-dermoscopic.jpg --thresholds 50 20 50
      says how urgent the case is by thresholds of your own
  legit-health --sandbox --json dx acne-moderate.jpg
      one JSON document, in the API's own field names
  legit-health --sandbox dx --each whole-body --csv
      one case for each image of a directory, for a spreadsheet";

pub(super) const INSPECT: &str = "\
Examples:
  legit-health inspect psoriasis-moderate.jpg
  legit-health inspect psoriasis-moderate.jpg --output cleaned.jpg
      writes the image exactly as it would be sent
  legit-health --json inspect whole-body
      every image of a directory, as one JSON document";

pub(super) const MANUAL: &str = "\
Examples:
  legit-health --sandbox severity manual pasi --at armLeft \\
      --condition psoriasis surface=2 erythema=3 induration=2 desquamation=1
  legit-health scales pasi
      the items of the scale and their bounds";

pub(super) const LOCAL: &str = "\
Examples:
  legit-health --sandbox severity local apasi psoriasis-moderate.jpg \\
      --at armLeft --condition psoriasis surface=2
  legit-health --sandbox severity local apasi --at armLeft \\
      --condition psoriasis surface=2 --each eczema-mild.jpg psoriasis-moderate.jpg
      one case for each image, with the same answers";

pub(super) const GLOBAL: &str = "\
Examples:
  legit-health --sandbox severity global avasi whole-body --condition vitiligo
      17 images, named after their views, such as faceFront.jpg";

pub(super) const FOLLOW_UP: &str = "\
Examples:
  legit-health --sandbox --json severity manual pasi --at armLeft \\
      --condition psoriasis --reference P-0042 surface=4 erythema=3 \\
      induration=3 desquamation=3 >> visits.ndjson
      stores a visit
  legit-health follow-up visits.ndjson
      the change since the first visit, and the published criteria
  legit-health follow-up visits.ndjson --criterion PASI75 --svg pasi75.svg
  legit-health --json follow-up visits.ndjson --baseline 2026-03-02";

pub(super) const REPORT: &str = "\
Examples:
  legit-health --sandbox --json dx psoriasis-moderate.jpg >> visits.ndjson
      stores a document
  legit-health report visits.ndjson --image psoriasis-moderate.jpg -o page.html
      one file, which any browser opens: it is about a patient, so keep it safe";

pub(super) const DEVICE: &str = "\
Examples:
  legit-health --sandbox device
  legit-health --sandbox --json device";

pub(super) const SCENARIOS: &str = "\
Examples:
  legit-health scenarios
  legit-health --sandbox --scenario acne/mild dx melanoma-dermoscopic.jpg
      an image that names a scenario itself keeps it";

pub(super) const SANDBOX: &str = "\
Examples:
  legit-health sandbox --port 8080
      prints an address, a user name and a password, for any program;
      http://127.0.0.1:8080/ is a console to try it and to see its requests
  legit-health sandbox --scenario psoriasis/moderate
  legit-health sandbox --seed 7
      has the same password and values in every run";

pub(super) const SITES: &str = "\
Examples:
  legit-health --sandbox sites
  legit-health --sandbox --json sites";

pub(super) const SCALES: &str = "\
Examples:
  legit-health scales
  legit-health scales pasi
  legit-health --sandbox scales --condition EA90
      the scales that the catalog lists for psoriasis";

pub(super) const COMPLETIONS: &str = "\
Examples:
  legit-health completions bash > /etc/bash_completion.d/legit-health
  legit-health completions zsh > ~/.zfunc/_legit-health";

pub(super) const MAN: &str = "\
Examples:
  legit-health man ~/.local/share/man/man1";

pub(super) const SAMPLES: &str = "\
Examples:
  legit-health samples samples";
