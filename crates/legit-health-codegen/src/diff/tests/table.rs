//! The pairs of documents for the tests of the checks.

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};

/// Where a schema is tried.
pub(super) const PLACES: [&str; 5] =
    ["request-body", "request-property", "request-parameter", "response-body", "response-property"];

/// An aspect of a schema, before and after, and what it means to what is sent and what is received.
pub(super) type Aspect = (&'static str, &'static str, &'static str, Wire, Wire);

pub(super) const ASPECTS: &[Aspect] = &[
    ("became-enum", "type: string", "type: string, enum: [a]", Breaking, Compatible),
    ("became-nullable", "type: string", "type: string, nullable: true", Compatible, Breaking),
    ("became-not-nullable", "type: string, nullable: true", "type: string", Breaking, Compatible),
    ("enum-value-added", "type: string, enum: [a]", "type: string, enum: [a, b]", Compatible, Compatible),
    ("enum-value-removed", "type: string, enum: [a, b]", "type: string, enum: [a]", Breaking, Compatible),
    (
        "x-extensible-enum-value-removed",
        "type: string, x-extensible-enum: [a, b]",
        "type: string, x-extensible-enum: [a]",
        Breaking,
        Compatible,
    ),
    ("max-set", "type: integer", "type: integer, maximum: 3", Breaking, Compatible),
    ("max-decreased", "type: integer, maximum: 4", "type: integer, maximum: 3", Breaking, Compatible),
    ("max-increased", "type: integer, maximum: 3", "type: integer, maximum: 4", Compatible, Breaking),
    ("min-set", "type: integer", "type: integer, minimum: 1", Breaking, Compatible),
    ("min-increased", "type: integer, minimum: 1", "type: integer, minimum: 2", Breaking, Compatible),
    ("min-decreased", "type: integer, minimum: 1", "type: integer, minimum: 0", Compatible, Breaking),
    ("max-length-set", "type: string", "type: string, maxLength: 3", Breaking, Compatible),
    ("max-length-unset", "type: string, maxLength: 3", "type: string", Compatible, Breaking),
    (
        "max-length-decreased",
        "type: string, maxLength: 4",
        "type: string, maxLength: 3",
        Breaking,
        Compatible,
    ),
    (
        "max-length-increased",
        "type: string, maxLength: 3",
        "type: string, maxLength: 4",
        Compatible,
        Breaking,
    ),
    ("min-length-set", "type: string", "type: string, minLength: 1", Breaking, Compatible),
    (
        "min-length-increased",
        "type: string, minLength: 1",
        "type: string, minLength: 2",
        Breaking,
        Compatible,
    ),
    (
        "min-length-decreased",
        "type: string, minLength: 1",
        "type: string, minLength: 0",
        Compatible,
        Breaking,
    ),
    ("max-items-decreased", LIST_TO_3, LIST_TO_2, Breaking, Compatible),
    ("min-items-set", LIST, LIST_FROM_1, Breaking, Compatible),
    ("min-items-unset", LIST_FROM_1, LIST, Compatible, Compatible),
    ("min-items-increased", LIST_FROM_1, LIST_FROM_2, Breaking, Compatible),
    ("min-items-decreased", LIST_FROM_2, LIST_FROM_1, Compatible, Compatible),
    (
        "one-of-added",
        "oneOf: [{type: string}]",
        "oneOf: [{type: string}, {type: integer}]",
        Compatible,
        Breaking,
    ),
    (
        "one-of-removed",
        "oneOf: [{type: string}, {type: integer}]",
        "oneOf: [{type: string}]",
        Breaking,
        Compatible,
    ),
    ("pattern-added", "type: string", "type: string, pattern: a", Breaking, Compatible),
    ("pattern-removed", "type: string, pattern: a", "type: string", Compatible, Breaking),
    ("pattern-changed", "type: string, pattern: a", "type: string, pattern: b", Breaking, Breaking),
    ("pattern-generalized", "type: string, pattern: a", "type: string, pattern: .*", Compatible, Breaking),
    ("type-changed", "type: string", "type: boolean", Breaking, Breaking),
    ("type-changed", "type: string", "type: string, format: byte", Breaking, Breaking),
    ("type-generalized", "type: integer", "type: number", Compatible, Breaking),
    ("type-specialized", "type: number", "type: integer", Breaking, Compatible),
    ("deprecated", "type: string", "type: string, deprecated: true", Same, Same),
    ("reactivated", "type: string, deprecated: true", "type: string", Same, Same),
    ("format", "type: string", "type: string, format: uuid", Breaking, Compatible),
    ("format", "type: string, format: uuid", "type: string, format: date", Breaking, Compatible),
    ("format", "type: string, format: uuid", "type: string", Compatible, Compatible),
    ("format", "type: integer", "type: integer, format: int64", Same, Same),
    ("format", "type: integer, format: int64", "type: integer, format: int32", Breaking, Compatible),
    ("format", "type: integer, format: int32", "type: integer", Compatible, Breaking),
    ("default-value-added", "type: string", "type: string, default: a", Compatible, Same),
    ("default-value-changed", "type: string, default: a", "type: string, default: b", Breaking, Same),
    ("default-value-removed", "type: string, default: a", "type: string", Compatible, Same),
    (
        "any-of-added",
        "anyOf: [{type: string}]",
        "anyOf: [{type: string}, {type: integer}]",
        Compatible,
        Breaking,
    ),
    (
        "any-of-removed",
        "anyOf: [{type: string}, {type: integer}]",
        "anyOf: [{type: string}]",
        Breaking,
        Compatible,
    ),
    (
        "an alternative",
        "oneOf: [{type: string, maxLength: 3}]",
        "oneOf: [{type: string, maxLength: 4}]",
        Compatible,
        Breaking,
    ),
    (
        "told apart",
        "oneOf: [{}], discriminator: {propertyName: a}",
        "oneOf: [{}], discriminator: {propertyName: b}",
        Breaking,
        Breaking,
    ),
    (
        "parts",
        "allOf: [{type: string, maxLength: 3}, {}]",
        "allOf: [{type: string, maxLength: 2}, {}]",
        Breaking,
        Compatible,
    ),
    ("type-changed", "allOf: [{}]", "allOf: [{}, {}]", Breaking, Breaking),
    ("property-names-added", MAP, MAP_WITH_KEYS, Breaking, Compatible),
    ("property-names-removed", MAP_WITH_KEYS, MAP, Compatible, Compatible),
    ("enum-value-removed", MAP_WITH_KEYS, MAP_WITH_ONE_KEY, Breaking, Compatible),
    ("type-changed", "type: array", LIST, Breaking, Compatible),
    ("type-changed", LIST, "type: array", Compatible, Breaking),
    ("unique", LIST, "type: array, items: {type: string}, uniqueItems: true", Breaking, Compatible),
    ("not unique", "type: array, items: {type: string}, uniqueItems: true", LIST, Compatible, Compatible),
    ("multiple", "type: number", "type: number, multipleOf: 2", Breaking, Compatible),
    ("multiple", "type: number, multipleOf: 2", "type: number, multipleOf: 3", Breaking, Breaking),
    (
        "excluded",
        "type: number, minimum: 1",
        "type: number, minimum: 1, exclusiveMinimum: true",
        Breaking,
        Compatible,
    ),
    (
        "included",
        "type: number, minimum: 1, exclusiveMinimum: true",
        "type: number, minimum: 1",
        Compatible,
        Breaking,
    ),
    ("not", "type: string", "type: string, not: {enum: [a]}", Breaking, Compatible),
    (
        "media",
        "type: string, contentMediaType: a/b",
        "type: string, contentMediaType: a/c",
        Breaking,
        Breaking,
    ),
    ("bound", "type: number, maximum: a", "type: number, maximum: b", Breaking, Compatible),
    (
        "closed",
        "type: object, properties: {}",
        "type: object, properties: {}, additionalProperties: false",
        Breaking,
        Compatible,
    ),
    ("typed", "type: object, additionalProperties: {}", MAP, Breaking, Compatible),
    ("any", MAP, "type: object, additionalProperties: true", Compatible, Breaking),
    ("became-required", "type: object", "type: object, required: [z]", Breaking, Compatible),
    ("became-optional", "type: object, required: [z]", "type: object", Compatible, Compatible),
    (
        "room",
        "type: object, properties: {}",
        "type: object, properties: {}, additionalProperties: {}",
        Compatible,
        Compatible,
    ),
];
const MAP: &str = "type: object, additionalProperties: {type: string}";
const MAP_WITH_KEYS: &str = "type: object, additionalProperties: {type: string}, x-key: {enum: [a, b]}";
const MAP_WITH_ONE_KEY: &str = "type: object, additionalProperties: {type: string}, x-key: {enum: [a]}";
const LIST: &str = "type: array, items: {type: string}";
const LIST_FROM_1: &str = "type: array, items: {type: string}, minItems: 1";
const LIST_FROM_2: &str = "type: array, items: {type: string}, minItems: 2";
const LIST_TO_2: &str = "type: array, items: {type: string}, maxItems: 2";
const LIST_TO_3: &str = "type: array, items: {type: string}, maxItems: 3";

/// Edits of the whole document: the check, a passage, what stands there after, what it means.
pub(super) const EDITS: &[(&str, &str, &str, Wire)] = &[
    (
        "api-global-security-added",
        "security: [{bearer: [all]}]\npaths",
        "security: [{bearer: [all]}, {key: []}]\npaths",
        Compatible,
    ),
    ("api-global-security-removed", "security: [{bearer: [all]}]\npaths", "security: []\npaths", Compatible),
    ("api-operation-id-added", "    head: {}", "    head: {operationId: named}", Same),
    ("api-operation-id-removed", "operationId: call", "operationId: other", Same),
    ("api-path-removed-without-deprecation", "/old", "/new", Breaking),
    ("api-path-removed-with-deprecation", "/deprecated", "/new", Breaking),
    ("api-removed-without-deprecation", "    get: {operationId: gone}\n", "", Breaking),
    ("api-removed-with-deprecation", "    put: {operationId: going, deprecated: true}\n", "", Breaking),
    ("api-schema-removed", "    Spare: {type: string}\n", "", Same),
    ("schema-added", "    Spare:", "    More: {type: string}\n    Spare:", Same),
    (
        "api-security-added",
        "security: [{bearer: []}]\n      tags",
        "security: [{bearer: []}, {key: []}]\n      tags",
        Compatible,
    ),
    (
        "api-security-removed",
        "security: [{bearer: []}]\n      tags",
        "security: [{key: []}]\n      tags",
        Breaking,
    ),
    (
        "api-global-security-removed",
        "security: [{bearer: [all]}]\npaths",
        "security: [{spare: [all]}]\npaths",
        Breaking,
    ),
    ("api-security-scope-added", "{token: [read]}", "{token: [read, write]}", Compatible),
    ("api-security-scope-removed", "{token: [read]}", "{token: []}", Compatible),
    ("api-global-security-scope-added", "{bearer: [all]}", "{bearer: [all, more]}", Compatible),
    ("api-global-security-scope-removed", "{bearer: [all]}", "{bearer: []}", Compatible),
    ("api-security-component-oauth-token-url-changed", "tokenUrl: login", "tokenUrl: auth/login", Breaking),
    (
        "api-security-component-oauth-url-changed",
        "tokenUrl: login",
        "tokenUrl: /login, refreshUrl: r",
        Breaking,
    ),
    ("api-security-component-oauth-scope-added", "{read: Read}", "{read: Read, write: Write}", Compatible),
    ("api-security-component-oauth-scope-changed", "{read: Read}", "{read: R}", Compatible),
    ("api-security-component-oauth-scope-removed", "{read: Read}", "{}", Compatible),
    ("api-security-component-type-changed", "{password: {tokenUrl", "{implicit: {tokenUrl", Breaking),
    ("api-security-added", "{security: []}", "{security: [{bearer: []}]}", Breaking),
    ("api-security-removed", "security: [{bearer: []}]\n      tags", "security: []\n      tags", Compatible),
    (
        "api-security-component-added",
        "    bearer: {type",
        "    key: {type: http}\n    bearer: {type",
        Compatible,
    ),
    ("api-security-component-removed", "    spare: {type: http, scheme: basic}\n", "", Compatible),
    ("api-security-component-type-changed", "scheme: bearer", "scheme: digest", Breaking),
    ("api-tag-added", "tags: [a]", "tags: [a, b]", Same),
    ("api-tag-removed", "tags: [a]", "tags: []", Same),
    ("api-version-decreased", "version: 2.0.0", "version: 1.9.0", Same),
    ("version-changed", "version: 2.0.0", "version: 2.1.0", Same),
    ("server-changed", "url: https://a.example", "url: https://b.example", Same),
    ("text-changed", "title: T,", "title: U,", Same),
    ("evidence-changed", "x-evidence: {guide: p}", "x-evidence: {guide: q}", Same),
    ("endpoint-added", "  /old:", "  /more: {get: {operationId: more}}\n  /old:", Compatible),
    ("endpoint-deprecated", "operationId: call", "deprecated: true\n      operationId: call", Same),
    ("endpoint-reactivated", "going, deprecated: true", "going", Same),
    (
        "new-optional-request-parameter",
        "- {name: p,",
        "- {name: q, in: query}\n        - {name: p,",
        Compatible,
    ),
    (
        "new-required-request-parameter",
        "- {name: p,",
        "- {name: q, in: query, required: true}\n        - {name: p,",
        Breaking,
    ),
    ("new-request-path-parameter", "- {name: p,", "- {name: q, in: path}\n        - {name: p,", Breaking),
    ("request-parameter-removed", "        - {name: r, in: query}\n", "", Compatible),
    (
        "request-parameter-removed-with-deprecation",
        "        - {name: s, in: query, required: true, deprecated: true}\n",
        "",
        Compatible,
    ),
    (
        "request-parameter-became-required",
        "{name: r, in: query}",
        "{name: r, in: query, required: true}",
        Breaking,
    ),
    (
        "request-parameter-became-optional",
        "name: s, in: query, required: true",
        "name: s, in: query",
        Compatible,
    ),
    ("request-parameter-deprecated", "{name: r, in: query}", "{name: r, in: query, deprecated: true}", Same),
    ("request-parameter-reactivated", "required: true, deprecated: true}", "required: true}", Same),
    (
        "new-optional-request-property",
        "Sent: {type: object, properties: {",
        "Sent: {type: object, properties: {n: {type: string}, ",
        Compatible,
    ),
    (
        "new-required-request-property",
        "Sent: {type: object, properties: {",
        "Sent: {type: object, required: [n], properties: {n: {type: string}, ",
        Breaking,
    ),
    (
        "request-property-removed",
        "{a: {type: string}, s: {type: integer}}}",
        "{a: {type: string}}}",
        Compatible,
    ),
    (
        "request-property-became-required",
        "Sent: {type: object,",
        "Sent: {type: object, required: [s],",
        Breaking,
    ),
    (
        "request-property-became-optional",
        "Must: {type: object, required: [s],",
        "Must: {type: object,",
        Compatible,
    ),
    (
        "response-required-property-added",
        "Report: {type: object, required: [r], properties: {",
        "Report: {type: object, required: [r, n], properties: {n: {type: string}, ",
        Compatible,
    ),
    (
        "response-optional-property-added",
        "Report: {type: object, required: [r], properties: {",
        "Report: {type: object, required: [r], properties: {n: {type: string}, ",
        Compatible,
    ),
    (
        "response-optional-property-removed",
        "a: {type: string}, r: {type: integer}",
        "r: {type: integer}",
        Compatible,
    ),
    (
        "response-required-property-removed",
        "required: [r], properties: {a: {type: string}, r: {type: integer}}",
        "properties: {a: {type: string}}",
        Breaking,
    ),
    (
        "response-property-became-optional",
        "Report: {type: object, required: [r],",
        "Report: {type: object,",
        Breaking,
    ),
    (
        "response-property-became-required",
        "Report: {type: object, required: [r],",
        "Report: {type: object, required: [r, a],",
        Compatible,
    ),
    (
        "request-body-added-required",
        "    get: {operationId: gone}",
        "    get: {operationId: gone, requestBody: {required: true}}",
        Breaking,
    ),
    (
        "request-body-added-optional",
        "    get: {operationId: gone}",
        "    get: {operationId: gone, requestBody: {}}",
        Compatible,
    ),
    ("request-body-removed", "{operationId: old, requestBody: {}}", "{operationId: old}", Breaking),
    (
        "request-body-became-required",
        "{operationId: old, requestBody: {}}",
        "{operationId: old, requestBody: {required: true}}",
        Breaking,
    ),
    ("request-body-became-optional", "        required: true\n", "", Compatible),
    (
        "request-body-media-type-added",
        "text/plain: {}, application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        "text/plain: {}, text/csv: {}, application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        Compatible,
    ),
    (
        "request-body-media-type-removed",
        "text/plain: {}, application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        "application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        Breaking,
    ),
    (
        "request-body-media-type-schema-added",
        "text/plain: {}, application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        "text/plain: {schema: {type: string}}, application/json: {schema: {$ref: '#/components/schemas/Sent'}",
        Breaking,
    ),
    (
        "request-body-media-type-schema-removed",
        "application/json: {schema: {$ref: '#/components/schemas/Sent'}}",
        "application/json: {}",
        Compatible,
    ),
    (
        "response-media-type-added",
        "text/html: {}, application/json",
        "text/html: {}, text/csv: {}, application/json",
        Compatible,
    ),
    ("response-media-type-removed", "text/html: {}, application/json", "application/json", Breaking),
    (
        "response-body-media-type-schema-added",
        "text/html: {}",
        "text/html: {schema: {type: string}}",
        Compatible,
    ),
    (
        "response-body-media-type-schema-removed",
        "application/json: {schema: {$ref: '#/components/schemas/Report'}}",
        "application/json: {}",
        Breaking,
    ),
    ("response-header-added", "headers: {", "headers: {N: {}, ", Compatible),
    ("required-response-header-removed", "H: {required: true, schema: {type: string}}, ", "", Compatible),
    ("optional-response-header-removed", ", O: {schema: {type: string}}", "", Compatible),
    ("response-header-became-optional", "H: {required: true, ", "H: {", Compatible),
    (
        "response-header-changed",
        "H: {required: true, schema: {type: string}}",
        "H: {required: true, schema: {type: string, nullable: true}}",
        Compatible,
    ),
    (
        "response-header-type-changed",
        "O: {schema: {type: string}}",
        "O: {schema: {type: integer}}",
        Compatible,
    ),
    ("response-success-status-added", "'422': {$ref", "'202': {}\n        '422': {$ref", Breaking),
    ("response-success-status-removed", "        '201': {}\n", "", Breaking),
    ("response-non-success-status-added", "'422': {$ref", "'413': {}\n        '422': {$ref", Compatible),
    (
        "response-non-success-status-removed",
        "        '422': {$ref: '#/components/responses/Bad'}\n",
        "",
        Compatible,
    ),
    (
        "type-renamed",
        "twin: {$ref: '#/components/schemas/Twin'}",
        "twin: {$ref: '#/components/schemas/Other'}",
        Same,
    ),
    ("scale-facts-changed", "modes: [manual]", "modes: [local]", Compatible),
    ("value-renamed", "x-enum-varnames: [Zero]", "x-enum-varnames: [Nothing]", Same),
];

pub(super) const WHOLE: &str = "
openapi: 3.0.3
info: {title: T, version: 2.0.0}
servers: [{url: https://a.example}]
security: [{bearer: [all]}]
paths:
  /call:
    post:
      operationId: call
      x-evidence: {guide: p}
      security: [{bearer: []}]
      tags: [a]
      parameters:
        - {name: p, in: query, schema: {type: string}}
        - {name: r, in: query}
        - {name: s, in: query, required: true, deprecated: true}
      requestBody:
        required: true
        content: {text/plain: {}, application/json: {schema: {$ref: '#/components/schemas/Sent'}}}
      responses:
        '200':
          headers: {H: {required: true, schema: {type: string}}, O: {schema: {type: string}}}
          content: {text/html: {}, application/json: {schema: {$ref: '#/components/schemas/Report'}}}
        '201': {}
        '422': {$ref: '#/components/responses/Bad'}
    get: {operationId: gone}
    put: {operationId: going, deprecated: true}
    head: {}
    trace: {security: []}
  /old: {get: {operationId: old, requestBody: {}}}
  /deprecated: {get: {operationId: oldest, deprecated: true}}
  /must: {post: {operationId: must, security: [{token: [read]}], requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/Must'}}}}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    spare: {type: http, scheme: basic}
    token: {type: oauth2, flows: {password: {tokenUrl: login, scopes: {read: Read}}}}
  responses: {Bad: {content: {a/b: {schema: {type: string}}}}}
  schemas:
    Sent: {type: object, properties: {a: {type: string}, s: {type: integer}}}
    Must: {type: object, required: [s], properties: {s: {type: string}, twin: {$ref: '#/components/schemas/Twin'}, sheet: {$ref: '#/components/schemas/Sheet'},
      level: {$ref: '#/components/schemas/Level'}}}
    Twin: {type: object, properties: {t: {type: string}}}
    Other: {type: object, properties: {t: {type: string}}}
    Report: {type: object, required: [r], properties: {a: {type: string}, r: {type: integer}}}
    Sheet: {type: object, x-scale: {code: s, modes: [manual]}}
    Level: {type: integer, x-extensible-enum: [0], x-enum-varnames: [Zero]}
    Spare: {type: string}
";
