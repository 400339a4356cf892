//! Files that only their owner can read: written whole or not at all, and refused when somebody else could have read or
//! written them.

use crate::account::rows::place;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Several times the size of any file that this program writes.
const MOST_BYTES: u64 = 64 * 1024;

/// Why a private file cannot be used.
pub(crate) enum Refusal {
    Absent,
    /// A sentence that names the file, and what to do.
    Unsafe(String),
}

/// Reads a file that nobody else can read, change or replace.
pub(crate) fn read(path: &Path) -> Result<String, Refusal> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::Absent,
        _ => Refusal::Unsafe(format!("{} cannot be read: {error}", place(path))),
    };
    // A pipe would be waited for when it is opened.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Refusal::Unsafe(format!("{} is not a file: remove it", place(path))));
    }
    let file = File::open(path).map_err(failed)?;
    // Of the file that is read, whatever has taken its place meanwhile.
    only_for_its_owner(path, &file.metadata().map_err(failed)?).map_err(Refusal::Unsafe)?;
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Writes a file that only its owner can read, in a folder of the same kind, which is created if missing. Another process sees
/// the file as it was before or as it is then, and never with other permissions.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    prepare_folder(folder)?;
    let written = || -> io::Result<()> {
        let mut file = new_beside(path)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    written().map_err(|error| format!("{} cannot be written: {error}", place(path)))
}

/// Creates a new file that only its owner can read.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a file of the same kind in the folder of `path`, which takes that name later, and is removed if it never does.
pub(crate) fn new_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    builder.tempfile_in(folder)
}

/// Creates the folder, for its owner only, unless it is there; refuses one in which somebody else could replace files.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), String> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let cannot = |error| format!("the folder {} cannot be used: {error}", place(folder));
    builder.create(folder).map_err(cannot)?;
    let metadata = fs::metadata(folder).map_err(cannot)?;
    owned_by_this_user(folder, &metadata)?;
    #[cfg(unix)]
    {
        const WRITABLE_BY_OTHERS: u32 = 0o022;
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & WRITABLE_BY_OTHERS != 0 {
            return Err(format!(
                "others can write to the folder {0} (mode {1:04o}): run `chmod 700 {0}`",
                place(folder),
                mode & 0o7777
            ));
        }
    }
    Ok(())
}

fn only_for_its_owner(path: &Path, metadata: &fs::Metadata) -> Result<(), String> {
    owned_by_this_user(path, metadata)?;
    #[cfg(unix)]
    {
        const OPEN_TO_OTHERS: u32 = 0o077;
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & OPEN_TO_OTHERS != 0 {
            return Err(format!(
                "other users can read {0} (mode {1:04o}), so it is not used: run `chmod 600 {0}`, and change the password if \
                 they may have read it",
                place(path),
                mode & 0o7777
            ));
        }
    }
    Ok(())
}

/// On Windows the profile of a user is closed to others.
fn owned_by_this_user(path: &Path, metadata: &fs::Metadata) -> Result<(), String> {
    #[cfg(unix)]
    {
        let owner = std::os::unix::fs::MetadataExt::uid(metadata);
        let user = rustix::process::geteuid().as_raw();
        if owner != user {
            return Err(format!(
                "{} belongs to another user (id {owner}, and this program runs as {user}), so it is not used: log in as this user",
                place(path)
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = (path, metadata);
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    fn sentence(path: &Path) -> String {
        match read(path) {
            Ok(text) => text,
            Err(Refusal::Absent) => "absent".to_owned(),
            Err(Refusal::Unsafe(sentence)) => sentence,
        }
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_and_its_folders_are_for_their_owner_only() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config/program/profile.json");
        assert_eq!(sentence(&path), "absent");
        for text in ["first", "second"] {
            write(&path, text).unwrap();
            assert_eq!(sentence(&path), text);
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        let left: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file is left");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("profile.json");
        write(&path, "secret").unwrap();
        for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
            set_mode(&path, mode);
            let sentence = sentence(&path);
            assert!(
                sentence.contains(&format!("(mode {mode:04o})")) && sentence.contains("chmod 600"),
                "{sentence}"
            );
        }
        set_mode(&path, 0o400);
        assert_eq!(sentence(&path), "secret");
    }

    #[test]
    fn a_file_of_another_user_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("profile.json");
        write(&path, "secret").unwrap();
        // Only root can give a file away; anybody else meets one of root's.
        let is_given_away = std::os::unix::fs::chown(&path, Some(12_345), None).is_ok();
        let foreign = if is_given_away { &path } else { Path::new("/etc/passwd") };
        let sentence = sentence(foreign);
        assert!(sentence.contains("belongs to another user"), "{sentence}");
    }

    #[test]
    fn what_stands_in_place_of_a_file_is_not_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("profile.json");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(sentence(&path).ends_with("is not a file: remove it"));
        assert!(sentence(home.path()).ends_with("is not a file: remove it"));
        let link = home.path().join("link.json");
        symlink("/dev/zero", &link).unwrap();
        assert!(sentence(&link).ends_with("is not a file: remove it"));
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shared");
        fs::create_dir(&folder).unwrap();
        set_mode(&folder, 0o777);
        let refused = write(&folder.join("profile.json"), "secret").unwrap_err();
        assert!(refused.contains("(mode 0777)") && refused.contains("chmod 700"), "{refused}");
        assert!(fs::read_dir(&folder).unwrap().next().is_none());
    }

    #[test]
    fn a_link_is_followed_when_reading_and_replaced_when_writing() {
        let home = tempfile::tempdir().unwrap();
        let (target, link) = (home.path().join("elsewhere.json"), home.path().join("profile.json"));
        write(&target, "mine").unwrap();
        symlink(&target, &link).unwrap();
        assert_eq!(sentence(&link), "mine");
        write(&link, "new").unwrap();
        assert_eq!((sentence(&link), sentence(&target)), ("new".to_owned(), "mine".to_owned()));
    }
}
