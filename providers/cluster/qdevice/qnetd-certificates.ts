import { X509Certificate } from "node:crypto";

/** The first certificate in a text, which may say more before and behind it. */
export function certificateIn(text: string): X509Certificate | undefined {
  const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]{1,20000}?-----END CERTIFICATE-----/.exec(text) ?? [];
  return pem === undefined ? undefined : parsed(pem);
}

/** A file that is one, as text or as the bytes themselves: NSS's program writes either. */
export const certificateOf = (file: Buffer): X509Certificate | undefined =>
  certificateIn(file.toString("utf8")) ?? parsed(file);

function parsed(certificate: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

/** Is it the one by which this cluster signs in there? */
export const isOf = (certificate: X509Certificate, cluster: string, authority: X509Certificate): boolean =>
  certificate.subject === `CN=${cluster}` && certificate.verify(authority.publicKey);
