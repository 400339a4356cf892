//! Deliberate faults: each is refused with a one-line reason that names the place.

use legit_health_codegen::{CATALOG, Contract, DEVICE, Generated, Result};

use super::{with_catalog, with_device};

/// A fault: a passage, what is written in its place, the place in the finding, and how what it says begins.
type Fault = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn the_head() {
    device(&[
        ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi", "OpenAPI 3.1.0; progenitor reads 3.0 only"),
        ("\n  schemas:\n", "\n  schemata:\n", "/components/schemas", "missing or empty"),
        ("x-evidence-sources:", "x-sources:", "/x-evidence-sources", "missing or empty"),
        (
            "  php-sdk:\n    title:",
            "  php-sdk:\n    name:",
            "/x-evidence-sources/php-sdk",
            "the source has no `title`",
        ),
        ("  title: Legit.Health device API\n", "", "/info", "no title"),
    ]);
}

#[test]
fn evidence() {
    device(&[
        (
            "          x-evidence: {docs: shared-schema, unknown: whether null is taken}\n",
            "",
            "{S}/Attachment/properties/title",
            "no `x-evidence`",
        ),
        (
            "{php-sdk: DiagnosisSupportTest, docs: SRS-014}",
            "{hearsay: p}",
            "{S}/Explainability/x-evidence",
            "`hearsay` is not under /x-evidence-sources",
        ),
        (
            "{php-sdk: DiagnosisSupportTest, docs: SRS-014}",
            "{}",
            "{S}/Explainability/x-evidence",
            "`x-evidence` names no source",
        ),
        (
            "{php-sdk: git history before 2025-06-23}",
            "{php-sdk: ''}",
            "/components/responses/ServerError/x-evidence",
            "`x-evidence` names no place in `php-sdk`",
        ),
    ]);
}

#[test]
fn shapes_that_the_generator_would_misread() {
    const HEAT_MAP: &str = "        heatMap: {$ref: '#/components/schemas/OutputImage'}";
    const AT: &str = "{S}/Explainability/properties/heatMap";
    device(&[
        ("description: Free label", "default: photo", "{S}/Attachment/properties/title", "a default"),
        (
            "      title: Clinical indicators\n",
            "      additionalProperties: true\n",
            "{S}/ClinicalIndicator",
            "`additionalProperties` is a boolean",
        ),
        (
            "description: A UUID so far,",
            "format: byte,",
            "{S}/Identifier/properties/value",
            "`format` on a schema without a name",
        ),
        (
            "confidence: {type: number,",
            "confidence: {type: integer, minimum: 0, maximum: 3,",
            "{S}/Detection/properties/confidence",
            "`minimum` and `maximum` on a schema without a name",
        ),
        (
            "description: '`RGB` so far',",
            "enum: [RGB],",
            "{S}/OutputImage/properties/colorModel",
            "`enum` on a schema without a name",
        ),
        (HEAT_MAP, "        heatMap: {type: object, x-evidence: {docs: p}}", AT, "a map without a name"),
        (HEAT_MAP, "        heatMap: {x-evidence: {docs: p}}", AT, "no `type`"),
        (
            HEAT_MAP,
            "        heatMap: {anyOf: [{$ref: '#/components/schemas/OutputImage'}], x-evidence: {docs: p}}",
            AT,
            "`anyOf` is not supported: the generated type would be wrong",
        ),
        (
            HEAT_MAP,
            "        heatMap: {oneOf: [{$ref: '#/components/schemas/OutputImage'}], x-evidence: {docs: p}}",
            AT,
            "`oneOf` on a generated type",
        ),
        (
            "      required: [heatMap]",
            "      required: [heatmap]",
            "{S}/Explainability",
            "`heatmap` is required but not a property",
        ),
    ]);
}

#[test]
fn secrets() {
    const AT: &str = "{S}/LoginRequest/properties/password";
    const SAID: &str = "the secret `password` would be printed like ordinary text";
    device(&[
        (
            "        password: {$ref: '#/components/schemas/Secret'}",
            "        password: {type: string, x-evidence: {guide: Login}}",
            AT,
            SAID,
        ),
        ("      format: password\n", "", AT, SAID),
    ]);
}

#[test]
fn names_and_references() {
    const HEAT_MAP: &str = "        heatMap: {$ref: '#/components/schemas/OutputImage'}";
    const AT: &str = "{S}/Explainability/properties/heatMap";
    device(&[
        ("    BoundingBox:", "    Box:", "{S}/Box", "the name is reserved in generated Rust code"),
        (
            "    BoundingBox:",
            "    bounding_box:",
            "{S}/bounding_box",
            "the name is not a valid Rust type name",
        ),
        (
            HEAT_MAP,
            "        heatMap: {$ref: '#/components/schemas/Photo'}",
            AT,
            "`#/components/schemas/Photo` refers to nothing in this document",
        ),
        (
            HEAT_MAP,
            "        heatMap: {$ref: '#/components/schemas/OutputImage', nullable: true}",
            AT,
            "members beside `$ref`, which OpenAPI 3.0 ignores",
        ),
        (
            HEAT_MAP,
            "        heatMap: {$ref: '#/components/schemas/Explainability'}",
            "{S}/Explainability",
            "the schema contains itself: Explainability → Explainability",
        ),
        (
            "        box: {$ref: '#/components/schemas/BoundingBox'}",
            "        box: {type: number, x-evidence: {docs: p}}",
            "{S}/BoundingBox",
            "no operation uses this schema",
        ),
        ("      operationId: diagnosis_support\n", "", "/paths/~1diagnosis-support/post", "no operationId"),
        (
            "      operationId: diagnosis_support\n",
            "      operationId: login\n",
            "/paths/~1diagnosis-support/post",
            "operationId `login` is given twice",
        ),
    ]);
}

#[test]
fn scalars_and_lists() {
    device(&[
        (
            "x-scalar: minutes",
            "x-scalar: minuts",
            "{S}/Minutes/x-scalar",
            "`minuts` is not a value of `x-scalar`",
        ),
        ("x-scalar: minutes", "x-scaler: minutes", "{S}/Minutes", "unknown extension `x-scaler`"),
        (
            "      minimum: 0\n      maximum: 150",
            "      minimum: 0\n      maximum: 999",
            "{S}/Aeasi/properties/questionnaireResponse/properties/item/properties/patientAge",
            "an answer without bounds",
        ),
        (
            "x-enum-varnames: [None, Low, Moderate, High]",
            "x-enum-varnames: [None, Low, Moderate]",
            "{S}/Intensity/x-extensible-enum",
            "not every value has a type and a name",
        ),
        (
            "      format: password\n",
            "      format: password\n      x-extensible-enum: [a]\n",
            "{S}/Secret",
            "two rules replace the schema",
        ),
        (
            "          type: array\n          items: {$ref: '#/components/schemas/SeverityBand'}",
            "          type: array\n          nullable: true\n          items: {$ref: '#/components/schemas/SeverityBand'}",
            "",
            "the lowering rule `null_tolerant_lists` changed nothing",
        ),
    ]);
    let said = with_catalog(&[(
        "      x-defined-in: device\n      x-evidence: {docs: iframe/body-site}",
        "      enum: [a]\n      x-evidence: {docs: p}",
    )]);
    finding(said, CATALOG, "{S}/BodySite", "openapi/device.yaml defines this list too");
}

#[test]
fn scales() {
    device(&[
        ("        - awosi\n", "", "{S}/Awosi/x-scale/code", "`awosi` is not in ScoringSystemCode"),
        (
            "        code: awosi\n",
            "        code: nsil\n",
            "{S}/Nsil/x-scale/code",
            "`nsil` is the code of two scales",
        ),
        (
            "        code: uct\n        modes: [manual]",
            "        code: uct\n        modes: [local]",
            "{S}/ManualScales/properties/uct",
            "no scale with this code has mode manual",
        ),
        (
            "required: [pruritus, wheals]",
            "required: [pruritus]",
            "{S}/Uas/properties/questionnaireResponse/properties/item",
            "required and properties differ",
        ),
        (
            "refused: [armLeft]",
            "refused: [leftArm]",
            "{S}/Asalt/x-scale/sites",
            "`leftArm` is not a body site",
        ),
        (
            "                  title: Wheals\n",
            "",
            "{S}/Uas/properties/questionnaireResponse/properties/item/properties/wheals",
            "an answer without a label",
        ),
    ]);
}

#[test]
fn bytes_that_are_no_document() {
    let whole = super::text(DEVICE);
    let middle = (whole.len() / 2..).find(|at| whole.is_char_boundary(*at)).unwrap();
    for (text, what) in [
        ("", "the file is empty"),
        ("- a list\n", "the document is a list, not a map"),
        ("openapi: 3.0.3\nopenapi: 3.0.3\n", "not YAML: "),
        ("{\"openapi\": \"3.0.3\", ", "not YAML: "),
        ("openapi: 3.0.3\n# a note\n", "a comment, which is lost when a tool rewrites the file"),
        ("openapi: 3.0.3\npaths: {200: {}}\n", "the key 200 is not text"),
        (&whole[..middle], ""),
    ] {
        let contract = Contract::parse(text, &super::text(CATALOG));
        let said = contract.and_then(|contract| legit_health_codegen::generate(&contract));
        let error = said.unwrap_err();
        assert!(error.findings()[0].what.starts_with(what), "{error}");
        assert_eq!(error.findings()[0].file, DEVICE);
    }
}

fn device(faults: &[Fault]) {
    for (passage, replacement, place, what) in faults {
        finding(with_device(&[(passage, replacement)]), DEVICE, place, what);
    }
}

/// The fault is among the findings, on one line with its place.
fn finding(result: Result<Generated>, file: &str, place: &str, what: &str) {
    let place = place.replace("{S}", "/components/schemas");
    let place = if place.is_empty() { place } else { format!("{place}: ") };
    let wanted = format!("{file}: {place}{what}");
    let error = result.map(|_| ()).expect_err(&wanted);
    let lines: Vec<String> = error.findings().iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.starts_with(&wanted)), "wanted: {wanted}\nfound: {lines:#?}");
    assert!(lines.iter().all(|line| !line.contains('\n') && line.contains(" — ")), "{lines:#?}");
}
