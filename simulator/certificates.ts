import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import net from "node:net";

/** A certificate with its key. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256, colon-separated, as Proxmox shows it. */
  readonly fingerprint: string;
}

/** What a node serves, and for which of its certificates it was made. */
export interface NodeCertificate extends Certificate {
  readonly serial: number;
}

// One key pair serves all simulators of a process: a world that lives on keeps what it was given.
let keys: { publicKey: KeyObject; privateKey: KeyObject } | undefined;
const keyPair = (): NonNullable<typeof keys> => (keys ??= generateKeyPairSync("ec", { namedCurve: "P-256" }));

const authorityName = (cluster: string): string => `Proxmox Virtual Environment ${cluster}`;

/** The authority that signs the certificates of a cluster's nodes (pve-root-ca). */
export function newAuthority(cluster: string): Certificate {
  const { privateKey, publicKey } = keyPair();
  const extensions = [
    certificateAuthority,
    keyUsage,
    subjectKeyIdentifier(publicKey),
    authorityKeyIdentifier(publicKey),
  ];
  return issue(authorityName(cluster), authorityName(cluster), privateKey, extensions);
}

/** A certificate of a node, signed by its cluster's authority; another serial is another certificate. */
export function newNodeCertificate(
  authority: Certificate,
  node: { readonly name: string; readonly domain: string; readonly address: string; readonly cluster: string },
  serial: number,
): NodeCertificate {
  const { name, domain, address, cluster } = node;
  const names = subjectAltName([name, `${name}.${domain}`, "localhost"], [address, "127.0.0.1"]);
  const subject = `${name}.${domain} (${serial})`;
  const signer = createPrivateKey(authority.key);
  // Clients that verify strictly (Python from 3.13 on) want to be led from the certificate to its authority's key.
  const extensions = [names, authorityKeyIdentifier(createPublicKey(signer))];
  return { ...issue(subject, authorityName(cluster), signer, extensions), serial };
}

/** The authority of a QNetd (corosync-qnetd-certutil -i). */
export const qnetdAuthority = (): Certificate =>
  issue("QNet CA", "QNet CA", keyPair().privateKey, [certificateAuthority, keyUsage]);

/** What it signs for a cluster. */
export const clusterCertificate = (authority: Pick<Certificate, "key">, cluster: string): Certificate =>
  issue(cluster, "QNet CA", createPrivateKey(authority.key), []);

// X.690 by hand: an X.509 certificate needs six tags, not a library.
const der = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const length = body.length;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body]);
  if (length < 256) return Buffer.concat([Buffer.from([tag, 0x81, length]), body]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 255]), body]);
};
const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
const yes = der(0x01, Buffer.from([0xff]));
const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, der(0x04, value));
const criticalExtension = (id: Buffer, value: Buffer): Buffer => sequence(id, yes, der(0x04, value));
const certificateAuthority = criticalExtension(oid(0x55, 0x1d, 0x13), sequence(yes));
/** To sign certificates and revocation lists. */
const keyUsage = criticalExtension(oid(0x55, 0x1d, 0x0f), der(0x03, Buffer.from([1, 0x06])));

const keyIdentifier = (key: KeyObject): Buffer =>
  createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
const subjectKeyIdentifier = (key: KeyObject): Buffer =>
  extension(oid(0x55, 0x1d, 0x0e), der(0x04, keyIdentifier(key)));
const authorityKeyIdentifier = (key: KeyObject): Buffer =>
  extension(oid(0x55, 0x1d, 0x23), sequence(der(0x80, keyIdentifier(key))));

function subjectAltName(names: string[], addresses: string[]): Buffer {
  const ips = addresses.filter((address) => net.isIPv4(address));
  const ipBytes = (ip: string): Buffer => Buffer.from(ip.split(".").map(Number));
  const entries = [...names.map((name) => der(0x82, Buffer.from(name))), ...ips.map((ip) => der(0x87, ipBytes(ip)))];
  return extension(oid(0x55, 0x1d, 0x11), sequence(...entries));
}

function issue(subject: string, issuer: string, signer: KeyObject, extensions: readonly Buffer[]): Certificate {
  const { publicKey, privateKey } = keyPair();
  const serial = createHash("sha256").update(`${subject}\0${issuer}`).digest().subarray(0, 16);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial[0] === 0 ? Buffer.concat([Buffer.from([1]), serial]) : serial),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(utcTime("200101000000Z"), utcTime("491231235959Z")),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, signer);
  const cert = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = cert.toString("base64").match(/.{1,64}/g) ?? [];
  const hash = createHash("sha256").update(cert).digest("hex").toUpperCase();
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    fingerprint: hash.match(/../g)?.join(":") ?? "",
  };
}
