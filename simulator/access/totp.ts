import { createHmac } from "node:crypto";
import { die } from "../errors.js";

interface Totp {
  readonly secret: Buffer;
  readonly period: number;
  readonly digits: number;
  readonly algorithm: string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function decodeBase32(text: string): Buffer {
  const bits = [...text.toUpperCase().replace(/=+$/, "")]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** `otpauth://totp/issuer:account?secret=BASE32&period=30&digits=6&algorithm=SHA1` */
export function parseTotp(uri: string): Totp {
  if (!uri.startsWith("otpauth://totp/") || !URL.canParse(uri)) throw die("not an otpauth uri");
  const query = new URL(uri).searchParams;
  return {
    secret: decodeBase32(query.get("secret") ?? ""),
    period: Number(query.get("period") ?? 30),
    digits: Number(query.get("digits") ?? 6),
    algorithm: (query.get("algorithm") ?? "SHA1").toLowerCase(),
  };
}

/** The code of one step of time (RFC 6238). */
export function totpCode({ secret, digits, algorithm }: Totp, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The code of now, or of the step before or after. */
export function isTotp(uri: string, code: string, seconds: number): boolean {
  const totp = parseTotp(uri);
  const now = Math.floor(seconds / totp.period);
  return [now - 1, now, now + 1].some((step) => step >= 0 && totpCode(totp, step) === code);
}
