import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readConfig } from "../../../../providers/kernel/session/cluster-config";
import { authority, server } from "../../../pve/certificates";
import { fingerprintOf, newKey } from "../../../support/sshd";

const base: Readonly<Record<string, unknown>> = {
  endpoints: "https://127.0.0.1:8006",
  tokenId: "root@pam!x",
  tokenSecret: "secret",
};

/** As the SDK hands it over: the values beside `get`. */
const read = (more: Record<string, unknown>, env: NodeJS.ProcessEnv = {}) => {
  const entries = Object.entries({ ...base, ...more }).map(([key, value]) => [`proxmox:${key}`, value] as const);
  const rawConfig: Record<string, unknown> = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  return readConfig({ rawConfig, get: (key: string) => rawConfig[key] } as Parameters<typeof readConfig>[0], env);
};
const problems = (more: Record<string, unknown>, env: NodeJS.ProcessEnv = {}): string[] =>
  read(more, env).problems.map(({ path: at, message }) => `${at}: ${message}`);
const trust = async (more: Record<string, unknown>) =>
  (await read(more).options?.(() => Promise.reject(new Error("no secret is asked for"))))?.api.tls;

describe("the config of the connection", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "config-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  it("suggests the key that a misspelt one must have meant, whatever else is wrong", () => {
    const meant = { fingerprint: "fingerprints", parallelPerNodes: "parallelPerNode", insceure: "insecure" };
    for (const [wrong, right] of Object.entries(meant))
      assert.deepEqual(problems({ [wrong]: "1" }), [
        `config proxmox:${wrong}: there is no such key; did you mean "${right}"?`,
      ]);
    assert.deepEqual(problems({ endpoints: undefined, endpoint: "https://10.0.0.5:8006" }), [
      'config proxmox:endpoint: there is no such key; did you mean "endpoints"?',
      "config proxmox:endpoints: is required (array)",
    ]);
  });

  it("leaves a program's own keys alone, and tells of them", () => {
    const { problems: none, strangeKeys } = read({ cluster: "matrix", officeHours: "8-18" });
    assert.deepEqual([none, strangeKeys], [[], ["proxmox:officeHours"]]);
  });

  it("refuses insecure beside what says whom to trust, and never lets it override that", async () => {
    const file = path.join(folder, "ca.pem");
    fs.writeFileSync(file, authority);
    const { fingerprint } = server;
    assert.deepEqual(problems({ insecure: "true", fingerprints: fingerprint }), [
      "config proxmox:insecure: contradicts fingerprints: it would trust any certificate; remove insecure",
    ]);
    assert.deepEqual(problems({ insecure: true, ca: file }), [
      "config proxmox:insecure: contradicts ca: it would trust any certificate; remove insecure",
    ]);
    assert.deepEqual(problems({ insecure: "true" }), []);
    assert.deepEqual(problems({ insecure: "false", fingerprints: fingerprint }), []);
    // A state that an earlier release has written may hold both; what is there can still be looked after.
    const both = await trust({ insecure: "true", fingerprints: fingerprint, ca: file });
    assert.deepEqual(both, { fingerprints: [fingerprint], ca: authority, insecure: true });
  });

  it("refuses sshInsecure beside host keys", async () => {
    const pin = fingerprintOf(newKey().public);
    const ssh = { sshInsecure: "true", sshPassword: "a password" };
    assert.deepEqual(problems({ ...ssh, sshFingerprints: pin, sshKnownHosts: "pve1 ssh-ed25519 AAAA" }), [
      "config proxmox:sshInsecure: contradicts sshFingerprints and sshKnownHosts: it would trust any host key; remove sshInsecure",
    ]);
    assert.deepEqual(problems(ssh), []);
  });

  it("names the key of a malformed list, and of an authority that is not there", () => {
    for (const endpoints of ['["https://10.0.0.5:8006"', "[https://10.0.0.5:8006]", '["a", ]'])
      assert.deepEqual(problems({ endpoints }), [
        'config proxmox:endpoints: write a list: JSON such as ["https://192.168.3.5:8006"], or values with commas between them',
      ]);
    assert.match(problems({ fingerprints: "[12:34]" }).join(), /^config proxmox:fingerprints: write a list/);
    for (const endpoint of ["https://10.0.0.5:80060", "https://a b", "https://", "https://pve1/x", "https://pve1?x"])
      assert.deepEqual(problems({ endpoints: [endpoint] }), [
        "config proxmox:endpoints[0]: write an address such as https://192.168.3.5:8006, without a path",
      ]);
    const missing = path.join(folder, "missing.pem");
    assert.match(problems({ ca: missing }).join(), /^config proxmox:ca: is neither the text of a certificate nor/);
    const empty = path.join(folder, "empty.pem");
    fs.writeFileSync(empty, "");
    assert.match(problems({ ca: empty }).join(), /^config proxmox:ca: holds no certificate/);
    assert.match(problems({ ca: folder }).join(), /^config proxmox:ca: is neither/);
  });

  it("takes what became of a cluster by two identities alone, one or several, from the environment too", () => {
    const [a, b] = ["9F:86:D0:81:88:4C:7D:65", "3c:01:7a:55:e2:90:4b:1d"];
    const word = `${a}=${b}`;
    assert.deepEqual([problems({ rebuilt: word }), read({ rebuilt: word }).rebuilt], [[], [word]]);
    assert.deepEqual(read({ rebuilt: `${word}, ${b}=${a}` }).rebuilt, [word, `${b}=${a}`]);
    assert.deepEqual(read({ rebuilt: JSON.stringify([word]) }).rebuilt, [word]);
    assert.deepEqual(read({}, { PROXMOX_REBUILT: word }).rebuilt, [word]);
    assert.equal(read({}).rebuilt, undefined);
    for (const rebuilt of ["true", a, `${a}=`, `${a}=*`, `${word},yes`])
      assert.match(problems({ rebuilt }).join(), /^config proxmox:rebuilt\[\d\]: write OLD=NEW, as the error has it/);
  });

  it("takes an order to rotate by a moment that has passed alone", () => {
    for (const rotate of [
      "2020-01-31",
      "2020-01-31T18:00Z",
      "2020-01-31T18:00:00+02:00",
      "2020-01-31T18:00:00.123456789Z",
    ])
      assert.deepEqual([problems({ rotate }), read({ rotate }).rotate], [[], rotate]);
    for (const rotate of ["yes", "2020-01-31T18:00:00", "2020-01-31T18:00:00.Z", "2020-13-01", "31.01.2020", "now"])
      assert.deepEqual(problems({ rotate }), [
        'config proxmox:rotate: write a day or a time with its zone, such as "2027-01-31" or "2027-01-31T18:00:00Z"',
      ]);
    assert.match(
      problems({ rotate: "2999-01-31" }).join(),
      /^config proxmox:rotate: 2999-01-31 is in the future; write a/,
    );
  });

  it("never shows what was pasted into the wrong key", () => {
    const secret = randomUUID();
    const shown = [
      problems({ tokenId: `root@pam!deploy=${secret}` }),
      problems({ tokenId: secret }),
      problems({ tokenId: undefined, tokenSecret: undefined, username: secret, password: "p" }),
      problems({ tokenId: undefined, tokenSecret: undefined, username: `root@pam:${secret}`, password: "p" }),
      problems({ endpoints: [`https://root:${secret}@10.0.0.5:8006`] }),
      problems({ endpoints: `https://${secret}@10.0.0.5:8006` }),
      problems({ endpoints: secret }),
      problems({ endpoints: `[${secret}` }),
      problems({ infisicalProjectId: `st.${secret}.x`, infisicalEnvironment: "dev" }),
      problems({ infisicalUrl: `https://u:${secret}@infisical.example.com` }),
      ...[
        "fingerprints",
        "ca",
        "insecure",
        "vmids",
        "parallelPerNode",
        "previewTimeout",
        "secretSources",
        "rotate",
        "rebuilt",
      ].map((key) => problems({ [key]: secret })),
      ...["sshUser", "sshPort", "sshFingerprints", "sshKnownHosts", "sshInsecure", "sshAddresses"].map((key) =>
        problems({ [key]: key === "sshKnownHosts" ? secret : `${secret} ${secret}`, sshPassword: "p" }),
      ),
      problems({}, { PROXMOX_TOKEN_ID: secret, PROXMOX_ENDPOINTS: `https://${secret}@x` }).concat("the config wins"),
      problems({ endpoints: undefined }, { PROXMOX_ENDPOINTS: `https://${secret}@x` }),
    ];
    for (const texts of shown) {
      assert.ok(texts.length > 0, "nothing was refused");
      assert.ok(!texts.join("\n").includes(secret), texts.join("\n").replaceAll(secret, "(the secret)"));
    }
    assert.match(
      shown[0]?.[0] ?? "",
      /^config proxmox:tokenId: write user@realm!name alone: .* belongs into tokenSecret$/,
    );
    assert.match(
      shown[4]?.[0] ?? "",
      /^config proxmox:endpoints\[0\]: write the address alone, without user and password/,
    );
  });
});
