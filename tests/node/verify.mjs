// Does @sigstore/verify accept this bundle for this key? `node verify.mjs BUNDLE PUBLIC_KEY`; exits with 0 or 1.
import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { bundleFromJSON } from "@sigstore/bundle";
import { Verifier, toSignedEntity, toTrustMaterial } from "@sigstore/verify";

const [bundleFile, keyFile] = process.argv.slice(2);
const pem = readFileSync(keyFile);
const hint = createHash("sha256").update(pem).digest("hex");
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trusted = toTrustMaterial(nobody, (named) => {
  if (named !== hint) throw new Error(`the bundle names another key: ${named}`);
  return { publicKey: createPublicKey(pem), validFor: () => true };
});

try {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundleFile, "utf8")));
  new Verifier(trusted, { ctlogThreshold: 0, tlogThreshold: 0, tsaThreshold: 0 }).verify(toSignedEntity(bundle));
  console.log(bundle.mediaType);
} catch (problem) {
  console.error(`${problem.name}: ${problem.message}`);
  process.exitCode = 1;
}
