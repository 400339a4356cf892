// Calls of the sandbox: its controls, and the API in the name of an account.

export const BASE_PATH = '/v2.0';
export const BASE_URL = `${location.origin}${BASE_PATH}`;

/** The tokens of accounts, in the memory of this page alone. Nothing shows them. */
const tokens = new Map();

/** Calls a control and returns its document. */
export async function control(method, path, body) {
  const response = await reach(`/_sandbox/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const document = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(document.detail ?? `The sandbox answered with status ${response.status}.`);
  return document;
}

/** Returns the OpenAPI document of the device. */
export async function contract() {
  return (await reach('/openapi.json')).json();
}

/** Returns a body that the sandbox keeps, or null. */
export async function keptBody(id, side) {
  const response = await reach(`/_sandbox/requests/${encodeURIComponent(id)}/${side}`);
  return response.ok ? response.text() : null;
}

export async function sampleBlob(file) {
  const response = await reach(`/_sandbox/samples/${encodeURIComponent(file)}`);
  return response.blob();
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error('The sandbox does not answer. Is it still running?');
  }
}

export const accountPath = (username) => `accounts/${encodeURIComponent(username)}`;

/** Drops the token of an account, so that the next request gets another. */
export const forgetToken = (username) => tokens.delete(username);

async function token(username) {
  if (!tokens.has(username)) {
    const issued = await control('POST', `${accountPath(username)}/tokens`);
    tokens.set(username, issued.access_token);
  }
  return tokens.get(username);
}

/** Sends a request of the API. Rejects when there is no response, as after a lost connection. */
export async function send(request, username, signal) {
  const headers = { ...request.headers };
  if (request.needsToken) headers.authorization = `Bearer ${await token(username)}`;
  const started = performance.now();
  const response = await fetch(`${BASE_PATH}${request.path}`, {
    method: request.method, headers, body: request.text ?? undefined, signal, redirect: 'manual', cache: 'no-store',
  });
  const text = await response.text();
  return {
    status: response.status,
    isRedirect: response.type === 'opaqueredirect',
    id: response.headers.get('x-request-id'),
    hint: response.headers.get('x-sandbox-hint'),
    text,
    milliseconds: Math.round(performance.now() - started),
  };
}
