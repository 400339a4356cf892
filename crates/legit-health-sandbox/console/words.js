// Errors in words: the entries of a 422, and what other statuses mean.

/** Returns the place of a value: `payload › image 2 › data`. */
export function placeOf(location) {
  const names = location.map((part, index) => {
    if (typeof part !== 'number') return part;
    return location[index - 1] === 'payload' ? `image ${part + 1}` : `entry ${part + 1}`;
  });
  const [first, ...rest] = names;
  if (first === 'body') return rest.length ? rest.join(' › ') : 'the body';
  if (first === 'query') return `the query parameter ${rest.join(' › ')}`;
  if (first === 'header') return `the header ${rest.join(' › ')}`;
  return names.join(' › ');
}

/** Returns one entry of a 422 as a sentence. */
export function inWords({ type, loc, msg, input }) {
  const place = placeOf(loc);
  if (type === 'missing') return `${place} is required and was not sent.`;
  if (type === 'json_invalid') return `The body is not valid JSON, at character ${loc.at(-1)}.`;
  const sent = ['number', 'boolean', 'string'].includes(typeof input) && String(input).length <= 60;
  const what = msg.replace(/^Value error, /, '').replace(/[.]$/, '');
  return `${place}: ${what}${sent ? `; sent was ${JSON.stringify(input)}` : ''}.`;
}

/** Returns what a response means: sentences, of which the first says what happened. */
export function explain({ status, detail, path, state, faults, isRedirect, hint }) {
  const injected = faults?.length ? [`The sandbox was told to do this: ${faults.join(', ')}.`] : [];
  if (Array.isArray(detail)) return [...detail.map(inWords), ...hintsFor422(detail), ...injected];
  if (hint) injected.push(`Hint: ${hint}.`);
  const said = typeof detail === 'string' && detail ? [`${detail.replace(/[.]$/, '')}.`] : [];
  return [...said, ...meaning(status, detail, path ?? '', state, isRedirect), ...injected];
}

function hintsFor422(detail) {
  const uri = detail.some(({ input }) => typeof input === 'string' && input.startsWith('data:'));
  return uri ? ['An image is sent as base64 alone, without “data:image/jpeg;base64,” before it.'] : [];
}

function meaning(status, detail, path, state, isRedirect) {
  if (isRedirect) return ['The response is a redirect, which clients of this API do not follow.'];
  if (state === 'running') return ['There is no response yet.'];
  if (state === 'unanswered') return ['There was no response: the connection was closed.'];
  const cut = state === 'cut_short' ? ['The response ended early: it was cut, or the client went away.'] : [];
  switch (status) {
    case 401:
      return detail === 'Incorrect username or password'
        ? ['Look for the user name and the password where the sandbox was started.']
        : ['Log in, and send the token as “Authorization: Bearer …”.'];
    case 404:
      return /^\/v[0-9.]+\//.test(path)
        ? ['No operation has this path.']
        : ['No operation has this path. The paths of the API begin with /v2.0, which belongs to the base URL.'];
    case 405: return ['The operation takes another method.'];
    case 413: return ['The body is larger than the sandbox takes.'];
    case 429: return ['The account is beyond its rate limit, or a fault says so.'];
    default: return cut;
  }
}

/** Returns the outcome of an exchange in a word or two. */
export function outcome({ status, state }) {
  if (status) return state === 'cut_short' ? `${status}, cut` : String(status);
  return state === 'running' ? 'running' : 'no response';
}

/** Returns the class by which an outcome is colored. */
export function outcomeClass({ status, state }) {
  if (state === 'running') return 'running';
  return status >= 200 && status < 300 && state !== 'cut_short' ? 'good' : 'bad';
}
