// What `npm start` says when it serves, and when the search is over.
import { hostname, userInfo } from 'node:os';

/** The front in words and what to do next. */
export function conclusion(result) {
  const { search, candidates, front, words } = result;
  const minutes = (search.seconds / 60).toFixed(1);
  return [
    '',
    `The search ${search.name} is ${search.state}: ${candidates.finished} of ${candidates.total} candidates have all their numbers, after ${minutes} minutes.`,
    `Its Pareto front has ${front.length} ${front.length === 1 ? 'member' : 'members'}:`,
    ...words.map((line) => `  ${line}`),
    'Qualities are of the search split at trial size; `confirm` measures finalists on items the search never saw.',
    '',
    'Next:',
    `  npx asterism front ${search.id}`,
    ...(front[0] ? [`  npx asterism pull ${front[0].id}`, `  npx asterism confirm ${front[0].id}`] : []),
    '  npx asterism init my-search.json && npx asterism submit my-search.json',
  ];
}

/** The link into the dashboard, and how to reach it from another machine. */
export function doors({ link, port, remote }) {
  const lines = ['', `Dashboard (signs this browser in, works once): ${link}`];
  if (remote)
    lines.push(
      `From your own machine first: ssh -N -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}`,
    );
  return lines;
}

/** No display, or a session over SSH: the browser is elsewhere. */
export function isRemote(env = process.env, platform = process.platform) {
  return Boolean(env.SSH_CONNECTION) || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY);
}
