import { keyFingerprint, opensslCommand } from '../pack/key.js';
import { PACK_FILE } from '../pack/pack-document.js';
import { html } from './html-text.js';
import type { IndexFacts } from './index-facts.js';

/** How somebody without this program checks the pack. */
export function checkSection({ signer }: IndexFacts): string {
  const { sums, signed, key } = PACK_FILE;
  const signature =
    signer === null
      ? '<p class="bad">This pack is not signed.</p>'
      : `<p>The signature. The fingerprint of the key is <code>${keyFingerprint(signer.publicKey)}</code>: compare it with one that you were given in another way, or use a key file that you have.</p>
<pre>${html(opensslCommand(signer.kind))}
openssl pkey -pubin -in ${key} -outform DER | sha256sum</pre>`;
  return `<h2>How to check it, without this program</h2><p>Unpack it, go into its folder, and run these. On macOS, <code>shasum -a 256</code> stands for <code>sha256sum</code>.</p>
${signature}
<p>The hashes of all files:</p><pre>sha256sum -c ${signed}
sha256sum -c ${sums}</pre>
<p>With the program, offline: the signature, the hashes, that every hour is there, that counts add up, and that the rows of the sample come out of the enclosed evidence again.</p><pre>aqt verify --pack &lt;the zip&gt; --key &lt;the key you were given&gt;</pre>`;
}

/** More files than this are summed up: their list is `SHA256SUMS`. */
const MOST_FILES = 40;

export function filesSection({ sums }: IndexFacts): string {
  const files = [...sums].filter(([path]) => !path.startsWith('trees/') && !path.startsWith('sample/'));
  const lines = files
    .slice(0, MOST_FILES)
    .map(([path, sha256]) => `<tr><td><code>${html(path)}</code></td><td><code>${sha256}</code></td></tr>`);
  const count = (folder: string) => [...sums.keys()].filter((path) => path.startsWith(folder)).length;
  return `<h2>Files</h2><table><thead><tr><th>File</th><th>sha256</th></tr></thead><tbody>${lines.join('')}</tbody></table>
<p>${count('trees/')} files in <code>trees/</code> are as they lie beside the reports: manifests, the whole chain of seals, closings, what was accepted, and what rows were made with. ${count('sample/')} in <code>sample/</code> are the evidence of the sample. <code>${PACK_FILE.sums}</code> has the hash of every file.</p>`;
}
