import { X509Certificate } from "node:crypto";
import type { Call, Json, Routes } from "../../call.js";
import { paramError } from "../../errors.js";
import { authorityOf, ownCertificate } from "../../http/served-certificate.js";

/** `/nodes/{node}/certificates`. */
export const certificateRoutes: Routes = {
  "GET /nodes/{node}/certificates": () => ["acme", "custom", "info"].map((name) => ({ name })),
  "GET /nodes/{node}/certificates/acme": () => [{ name: "certificate" }],

  "GET /nodes/{node}/certificates/info": (call) => {
    const own = call.node.customCertificate?.certificate;
    const authority = certificateInfo("pve-root-ca.pem", authorityOf(call.simulation, call.node.cluster).cert);
    // There is no /etc/pve/nodes/localhost, and what cannot be read is left out (`info` in PVE/API2/Certificates.pm).
    if (call.params["node"] === "localhost") return [authority];
    return [
      authority,
      certificateInfo("pve-ssl.pem", ownCertificate(call.simulation, call.node.name).cert),
      ...(own === undefined ? [] : [certificateInfo("pveproxy-ssl.pem", own)]),
    ];
  },

  "POST /nodes/{node}/certificates/custom": (call) => {
    const certificate = call.text("certificates");
    const key = call.params["key"] ?? call.node.customCertificate?.key;
    if (key === undefined) {
      throw paramError({ key: "Attempted to upload custom certificate without (existing) key." });
    }
    checkOverwrite(call);
    call.node.customCertificate = { certificate, key };
    return certificateInfo("pveproxy-ssl.pem", certificate);
  },

  "DELETE /nodes/{node}/certificates/custom": (call) => {
    delete call.node.customCertificate;
  },
};

function checkOverwrite(call: Call): void {
  if (call.node.customCertificate && !call.flag("force")) {
    throw paramError({ force: "Custom certificate files exist but force flag not set." });
  }
}

/** What Proxmox tells about a certificate, in OpenSSL's older way of writing names. */
function certificateInfo(filename: string, pem: string): Json {
  const certificate = new X509Certificate(pem);
  const seconds = (date: string) => Math.floor(Date.parse(date) / 1000);
  const name = (text: string) => `/${text.split("\n").reverse().join("/")}`;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  return {
    filename,
    pem,
    fingerprint: certificate.fingerprint256,
    subject: name(certificate.subject),
    issuer: name(certificate.issuer),
    notbefore: seconds(certificate.validFrom),
    notafter: seconds(certificate.validTo),
    san: (certificate.subjectAltName ?? "")
      .split(", ")
      .filter((entry) => entry !== "")
      .map((entry) => entry.replace(/^(?:DNS|IP Address):/, "")),
    "public-key-type": type === "rsa" ? "rsaEncryption" : "id-ecPublicKey",
    "public-key-bits": type === "rsa" ? (details?.modulusLength ?? 2048) : 256,
  };
}
