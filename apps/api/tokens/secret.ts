import { createHash, randomBytes } from 'node:crypto';

/** `ast_admin_<256 bits>_<checksum>`: the prefix and checksum let scanners find leaked tokens. */
export function newSecret(label: string): string {
  const body = `ast_${label}_${randomBytes(32).toString('base64url')}`;
  return `${body}_${checksum(body)}`;
}

/** True when the text has the form of one of our secrets; says nothing about whether it is known. */
export function looksLikeSecret(text: string): boolean {
  const at = text.length - 9;
  return text.startsWith('ast_') && text[at] === '_' && text.slice(at + 1) === checksum(text.slice(0, at));
}

/** What is stored: 256 random bits need no salt and no slow hash. */
export function hashSecret(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checksum(body: string): string {
  return createHash('sha256').update(`checksum ${body}`).digest('hex').slice(0, 8);
}
