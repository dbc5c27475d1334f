/** Packages that are called like a part of a thing: nginx of `path:/etc/nginx/sites-enabled` and `group:nginx`. */
export function namesakesOf(thing: string): string[] {
  return thing
    .replace(/^[a-z]+:/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => `package:${part.replace(/\.[a-z]+$/, '')}`);
}
