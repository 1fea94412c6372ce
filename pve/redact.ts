export const MASK = "********";

/**
 * Parameter and reply names whose values are never shown. Matched against whole names of the API's schema:
 * `tokenid`, `tokens`, `keys` (ids of second factors), `sshkeys` and public keys are not secrets.
 */
const SECRET_NAME =
  /^(password|confirmation-password|cipassword|secret|ticket|vncticket|CSRFPreventionToken|otp|totp|tfa-challenge|token|apitoken|target-endpoint|bind-password|key|client-key|eab-hmac-key|encryption-key|keyring|corosync_authkey)$/i;

/** Shorter values are hidden by name only: masking "a" everywhere would hide the message, not the secret. */
const SHORTEST = 4;

/** Longer values, such as whole files, are looked for one by one: a regular expression cannot hold them. */
const LONGEST_IN_PATTERN = 1000;

/** Knows every secret value seen so far and takes them out of what people get to read. */
export class Redactor {
  private readonly secrets = new Set<string>();
  private pattern: RegExp | undefined;

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** Remembers a value, in the forms in which it travels too (percent-encoded, JSON, form). */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < SHORTEST) return;
    const encoded = encodeURIComponent(secret);
    const forms = [secret, encoded, encoded.replace(/%20/g, "+"), JSON.stringify(secret).slice(1, -1)];
    for (const form of forms) {
      if (this.secrets.has(form)) continue;
      this.secrets.add(form);
      this.pattern = undefined;
    }
  }

  /** The text without any known secret. */
  text(text: string): string {
    if (this.secrets.size === 0) return text;
    // The longest first: a secret may contain another.
    const sorted = [...this.secrets].sort((a, b) => b.length - a.length);
    const long = sorted.filter((secret) => secret.length > LONGEST_IN_PATTERN);
    const rest = long.reduce((shown, secret) => shown.replaceAll(secret, () => MASK), text);
    if (long.length === sorted.length) return rest;
    this.pattern ??= new RegExp(
      sorted
        .slice(long.length)
        .map((secret) => secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("|"),
      "g",
    );
    return rest.replace(this.pattern, MASK);
  }

  /** Remembers the values of parameters whose names say that they are secret. */
  learn(params: Readonly<Record<string, string | readonly string[]>>): void {
    for (const [name, value] of Object.entries(params)) {
      if (!SECRET_NAME.test(name)) continue;
      for (const one of typeof value === "string" ? [value] : value) this.add(one);
    }
  }

  /** Parameters fit for a log. */
  params(params: Readonly<Record<string, string | readonly string[]>>): Record<string, string | string[]> {
    const shown: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(params)) {
      if (SECRET_NAME.test(name)) shown[name] = MASK;
      else shown[name] = typeof value === "string" ? this.text(value) : value.map((one) => this.text(one));
    }
    return shown;
  }
}
