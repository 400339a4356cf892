// A request as code, in four languages. Secrets come from the environment, so none is shown.

import { BASE_URL } from './server.js';

/** An image in the body of a request, which code reads from a file. */
export class ImageSlot {
  constructor(fileName, blob) {
    this.fileName = fileName;
    this.blob = blob;
  }
}

/** Returns `[[language, text], …]`. */
export function snippets(request) {
  return [['cURL', curl(request)], ['Python', python(request)], ['JavaScript', javaScript(request)], ['Rust', rust(request)]];
}

/** Returns what the code reads from the environment. */
export function setup(username) {
  return [
    `export LEGIT_HEALTH_URL=${BASE_URL}`,
    `export LEGIT_HEALTH_USERNAME=${quotedForShell(username)}`,
    "export LEGIT_HEALTH_PASSWORD='…'",
    '',
  ].join('\n');
}

/**
 * Writes a body. `style` has the code of an image and of a piece of JSON, and how an object begins and ends; `before` is
 * the width of what stands in the line already.
 */
function literal(value, style, depth = 0, before = 0) {
  if (value instanceof ImageSlot) return style.image(value.fileName);
  if (value === null || typeof value !== 'object') return style.text(value);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => literal(item, style, depth + 1))
    : Object.entries(value).map(([name, item]) => {
      const key = `${style.key(name)}: `;
      return key + literal(item, style, depth + 1, key.length);
    });
  const [open, close, space] = isList ? ['[', ']', ''] : ['{', '}', style.space];
  const line = open + space + parts.join(', ') + space + close;
  if (parts.length === 0) return open + close;
  if (style.indent.length * depth + before + line.length <= 84 && !line.includes('\n')) return line;
  const pad = style.indent.repeat(depth + 1);
  return `${open}\n${parts.map((part) => pad + part).join(',\n')}\n${style.indent.repeat(depth)}${close}`;
}

const quotedForShell = (text) => (/^[\w.,/:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
/** A here-document expands `$`, back ticks and back slashes. */
const escapedForHere = (text) => text.replaceAll(/[\\$`]/g, String.raw`\$&`);

function curl({ method, path, headers, body, needsToken }) {
  const lines = [];
  if (needsToken) {
    lines.push('token=$(curl -sS "$LEGIT_HEALTH_URL/login" \\',
      '    --data-urlencode "username=$LEGIT_HEALTH_USERNAME" \\',
      '    --data-urlencode "password=$LEGIT_HEALTH_PASSWORD" |',
      String.raw`  sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')`);
  }
  const call = [`curl -sS${method === 'GET' ? '' : ` -X ${method}`} "$LEGIT_HEALTH_URL${path}"`];
  if (needsToken) call.push('-H "Authorization: Bearer $token"');
  for (const [name, value] of Object.entries(headers)) call.push(`-H ${quotedForShell(`${name}: ${value}`)}`);
  if (!body) return [...lines, ...(needsToken ? [''] : []), call.join(' \\\n  '), ''].join('\n');
  const json = literal(body, {
    image: (name) => `"$(image ${quotedForShell(name)})"`,
    text: (value) => escapedForHere(JSON.stringify(value)),
    key: (name) => JSON.stringify(name),
    space: '', indent: '  ',
  });
  if (json.includes('$(image ')) lines.push('', `image() { base64 < "$1" | tr -d '\\n'; }`);
  call.push('--data-binary @- <<END');
  return [...lines, '', call.join(' \\\n  '), json, 'END', ''].join('\n');
}

const quotedForPython = (value) => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
};

function python({ method, path, headers, body, needsToken }) {
  const code = body && literal(body, {
    image: (name) => `image(${JSON.stringify(name)})`,
    text: quotedForPython,
    key: (name) => JSON.stringify(name),
    space: '', indent: '    ',
  });
  const hasImages = code?.includes('image(');
  const lines = [`import ${hasImages ? 'base64, ' : ''}json, os`];
  if (needsToken) lines.push('from urllib.parse import urlencode');
  lines.push('from urllib.request import Request, urlopen', '', 'url = os.environ["LEGIT_HEALTH_URL"]');
  if (hasImages) {
    lines.push('', '', 'def image(path):', '    with open(path, "rb") as file:',
      '        return base64.b64encode(file.read()).decode()', '');
  }
  const sent = [];
  if (needsToken) {
    lines.push('', 'form = urlencode({', '    "username": os.environ["LEGIT_HEALTH_USERNAME"],',
      '    "password": os.environ["LEGIT_HEALTH_PASSWORD"],', '})',
      'with urlopen(f"{url}/login", form.encode()) as response:', '    token = json.load(response)["access_token"]');
    sent.push('"Authorization": f"Bearer {token}"');
  }
  for (const [name, value] of Object.entries(headers)) sent.push(`${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  if (body) lines.push('', `body = ${code}`);
  lines.push('', `request = Request(f"{url}${path}", method="${method}"${sent.length ? ', headers={' : ')'}`);
  if (sent.length) lines.push(...sent.map((header) => `    ${header},`), '})');
  if (body) lines.push('request.data = json.dumps(body).encode()');
  lines.push('with urlopen(request) as response:', '    print(json.dumps(json.load(response), indent=2)[:2000])', '');
  return lines.join('\n');
}

function javaScript({ method, path, headers, body, needsToken }) {
  const code = body && literal(body, {
    image: (name) => `await image(${JSON.stringify(name)})`,
    text: (value) => JSON.stringify(value),
    key: (name) => (/^\w+$/.test(name) ? name : JSON.stringify(name)),
    space: ' ', indent: '  ',
  });
  const hasImages = code?.includes('await image(');
  const lines = [];
  if (hasImages) lines.push('import { readFile } from "node:fs/promises";', '');
  lines.push('const url = process.env.LEGIT_HEALTH_URL;');
  if (hasImages) lines.push('const image = async (path) => (await readFile(path)).toString("base64");');
  const sent = [];
  if (needsToken) {
    lines.push('', 'const login = await fetch(`${url}/login`, {', '  method: "POST",', '  body: new URLSearchParams({',
      '    username: process.env.LEGIT_HEALTH_USERNAME,', '    password: process.env.LEGIT_HEALTH_PASSWORD,', '  }),', '});',
      'const { access_token: token } = await login.json();');
    sent.push('authorization: `Bearer ${token}`');
  }
  for (const [name, value] of Object.entries(headers)) {
    sent.push(`${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${JSON.stringify(value)}`);
  }
  if (body) lines.push('', `const body = ${code};`);
  lines.push('', `const response = await fetch(\`\${url}${path}\`, {`, `  method: "${method}",`);
  if (sent.length) lines.push('  headers: {', ...sent.map((header) => `    ${header},`), '  },');
  if (body) lines.push('  body: JSON.stringify(body),');
  lines.push('});', 'console.log(response.status, await response.json());', '');
  return lines.join('\n');
}

/** `changeInSize` is `change_in_size`; `pure4` is `Pure4`. */
const snakeCase = (name) => name.replace(/([A-Z])/g, '_$1').toLowerCase();
const pascalCase = (name) => name.charAt(0).toUpperCase() + name.slice(1);

const quotedForRust = (text) => JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, '\\u{$1}');

/** The crate logs in by itself. */
function rust(request) {
  const { uses, lines } = RUST[request.operation](request);
  const scenario = request.headers['x-sandbox-scenario'];
  const client = scenario
    ? `let client = ClientBuilder::from_env()?.header("x-sandbox-scenario", ${quotedForRust(scenario)}).build()?;`
    : 'let client = Client::from_env()?;';
  const names = [scenario ? 'ClientBuilder' : 'Client', ...uses.filter((name) => !name.includes('::'))].sort(rustOrder);
  const named = names.length === 1 ? names[0] : `{${names.join(', ')}}`;
  const paths = uses.filter((name) => name.includes('::')).map((name) => `use legit_health::${name};`).sort();
  return [
    ...paths, `use legit_health::${named};`, '',
    '#[tokio::main]', 'async fn main() -> Result<(), legit_health::Error> {', `    ${client}`,
    ...lines.map((line) => (line ? `    ${line}` : '')), '    Ok(())', '}', '',
  ].join('\n');
}

/** Types before macros. */
const rustOrder = (one, other) => (/^[a-z]/.test(one) - /^[a-z]/.test(other)) || (one < other ? -1 : 1);

const rustImage = (slot) => `Image::open(${quotedForRust(slot.fileName)})?`;

const RUST = {
  diagnosis_support: ({ body }) => ({
    uses: ['Image'],
    lines: [
      'let images = [', ...body.payload.map(({ contentAttachment }) => `    ${rustImage(contentAttachment.data)},`), '];',
      'let report = client.diagnosis_support(images).await?;',
      'for conclusion in &report.conclusions {',
      '    println!("{} {}", conclusion.probability, conclusion.condition.label());', '}',
    ],
  }),
  severity_manual: (request) => rustSeverity(request, (answers) => `manual(${answers})`, []),
  severity_local: (request) => {
    const slot = request.body.payload?.contentAttachment.data;
    const image = slot ? rustImage(slot) : 'Image::open("photo.jpg")?';
    return rustSeverity(request, (answers) => `local(${image}, ${answers})`, ['Image']);
  },
  severity_global: ({ body }) => {
    const [code] = Object.keys(body.scoringSystem);
    return {
      uses: [`scale::${pascalCase(code)}`, 'views::BodyViews'],
      lines: [
        '// A folder with an image of each of the 17 views, named like the views.',
        `let condition = client.severity(${quotedForRust(body.knownCondition.conclusion.text)});`,
        `let result = condition.global(${pascalCase(code)}, BodyViews::from_dir("views")?).await?;`,
        'println!("{}", result.whole.value);',
      ],
    };
  },
  device_information: () => ({
    uses: [], lines: ['let device = client.device_information().await?;', 'println!("{:?} {:?}", device.names, device.versions);'],
  }),
  body_sites: () => ({
    uses: [],
    lines: ['for site in client.catalog().body_sites().await? {', '    println!("{}", site.code);', '}'],
  }),
  questionnaires: ({ path }) => ({
    uses: [],
    lines: [
      `let found = client.catalog().questionnaires(${quotedForRust(new URLSearchParams(path.split('?')[1]).get('pathology') ?? '')}).await?;`,
      'for questionnaire in found {', '    println!("{}", questionnaire.identifier);', '}',
    ],
  }),
  clinical_signs: () => ({
    uses: [],
    lines: ['for code in client.catalog().clinical_signs().await?.keys() {', '    println!("{code}");', '}'],
  }),
};

function rustSeverity({ body, answers }, call, uses) {
  const [code] = Object.keys(body.scoringSystem);
  const { text, coding } = body.knownCondition.conclusion;
  const condition = coding?.length
    ? `Condition::icd11(${quotedForRust(coding[0].code)}, ${quotedForRust(text)})`
    : quotedForRust(text);
  const values = answers.filter(({ value }) => value !== null).map(({ name, schema, value }) => rustAnswer(name, schema, value));
  const sheet = answers.length === 0
    ? pascalCase(code)
    : `${pascalCase(code)} { ${values.map(({ code: field }) => field).join(', ')} }`;
  const missing = answers.filter(({ value }) => value === null).map(({ name }) => name);
  const lines = [
    `let site = client.severity(${condition}).at(BodySite::${pascalCase(body.bodySite)});`,
    ...(missing.length ? [`// Without ${missing.join(', ')} this does not compile.`] : []),
    `let answers = ${sheet};`,
    `let score = site.${call('answers')}.await?;`,
    'println!("{} ({})", score.value, score.category.as_deref().unwrap_or("no category"));',
  ];
  const needed = ['BodySite', ...(coding?.length ? ['Condition'] : []), ...values.map(({ use }) => use), ...uses];
  return { uses: [`scale::${pascalCase(code)}`, ...new Set(needed.filter(Boolean))], lines };
}

function rustAnswer(name, { type, minimum, maximum }, value) {
  const field = snakeCase(name);
  if (type === 'number') return { code: `${field}: Percent::new(${Number.isInteger(value) ? `${value}.0` : value})?`, use: 'Percent' };
  if (minimum === 0 && maximum === 1) return { code: `${field}: ${value === 1}` };
  if (maximum === undefined) return { code: `${field}: ${value}` };
  return { code: `${field}: answer!(${value})`, use: 'answer' };
}
