const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in a page. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const STYLE = `body{font:1.05rem/1.55 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1.2rem;color:#16233a;background:#f7f9fc}
h1{font-size:1.6rem}h2{font-size:1.1rem;margin-bottom:.3rem}a{color:#0b5cad}code{background:#e6ecf5;padding:.1rem .35rem;border-radius:.3rem;word-break:break-all}
.en{color:#4a5b75}button{font:inherit;text-align:left;width:100%;padding:.8rem 1rem;margin:.35rem 0;border:1px solid #b9c7dc;border-radius:.6rem;background:#fff;cursor:pointer}
button:hover,button:focus-visible{border-color:#0b5cad;box-shadow:0 0 0 2px #0b5cad33}button strong{display:block}
@media(prefers-color-scheme:dark){body{background:#101826;color:#e6edf7}a{color:#8cc2ff}code{background:#22304a}.en{color:#a9b8cf}button{background:#18243a;color:inherit;border-color:#3a4d6e}}`;

/** A small page of our own, readable without anything else. */
export function pageOf(title: string, body: string): string {
  return `<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style><main><h1>${escaped(title)}</h1>${body}</main></html>`;
}

export function signInFailedPage(why: string): string {
  return pageOf(
    'Connexion impossible',
    `<p>La connexion n'a pas abouti. <a href="/sign-in">Recommencer</a>.</p>
<p class="en" lang="en">Signing in did not succeed. <a href="/sign-in">Try again</a>.</p><p class="en" lang="en"><code>${escaped(why)}</code></p>`,
  );
}

export function noRolePage({ issuer, subject }: { issuer: string; subject: string }): string {
  return pageOf(
    "Aucun rôle pour l'instant",
    `<p>Vous êtes connecté, mais aucun rôle ne vous est attribué. Transmettez ces deux codes à l'exploitant d'Étale, ou au chef
d'établissement qui souhaite vous déléguer ses réservations&nbsp;:</p><p><code>${escaped(issuer)}</code></p><p><code>${escaped(subject)}</code></p>
<p class="en" lang="en">You have signed in, but no role is yours yet: give these two codes to the operator of Étale, or to the head who wants you as a deputy.</p>`,
  );
}
