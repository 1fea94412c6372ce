const types =
  "ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256|ecdsa-sha2-nistp384|ecdsa-sha2-nistp521|" +
  "sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com";
const option = '[A-Za-z][A-Za-z0-9-]*(?:="(?:[^"\\\\]|\\\\.)*")?';
const line = new RegExp(
  `^(?:(${option}(?:,${option})*)[ \\t]+)?(${types})[ \\t]+([A-Za-z0-9+/]+={0,2})(?:[ \\t]+(.*))?$`,
);

/** The key itself, whatever stands around it: its type and its data; undefined for a line that holds none. */
export function keyIn(text: string): string | undefined {
  const [, , type = "", data = ""] = line.exec(text.trim()) ?? [];
  const bytes = Buffer.from(data, "base64");
  if (type === "" || bytes.length < 4 + type.length || bytes.toString("base64") !== data) return undefined;
  const named = bytes.readUInt32BE(0) === type.length && bytes.toString("latin1", 4, 4 + type.length) === type;
  return named && bytes.length > 4 + type.length + 4 ? `${type} ${data}` : undefined;
}

/** Why it cannot stand in the file as one line with one key. */
export function keyProblem(text: string): string | undefined {
  if (/\p{Cc}/u.test(text) || Buffer.from(text).toString() !== text)
    return "write one public key as one line, without control characters";
  if (/PRIVATE KEY/.test(text)) return "this is a private key; write the public one, the line of the .pub file";
  return keyIn(text) === undefined
    ? "write a public key as a .pub file has it, such as ssh-ed25519 AAAAC3Nza… name, with options before it if needed"
    : undefined;
}

const lines = (text: string): string[] => text.split("\n").filter((one) => one.trim() !== "");

/**
 * The file with these keys. Others stay, byte for byte, unless `exclusive`; those of `before` that are no longer wanted
 * go. Comments and what is no key stay with the others.
 */
export function withKeys(
  text: string,
  wanted: readonly string[],
  { exclusive, before }: { readonly exclusive: boolean; readonly before: readonly string[] },
): string {
  const own = new Map(wanted.map((one) => [keyIn(one), one.trim()]));
  const gone = new Set([...before.map((one) => keyIn(one)), ...own.keys()]);
  const others = exclusive ? [] : lines(text).filter((one) => keyIn(one) === undefined || !gone.has(keyIn(one)));
  const kept = exclusive ? [] : lines(text).filter((one) => own.get(keyIn(one)) === one);
  // What is there as it is wanted keeps its place: nothing is written where nothing differs.
  if (!exclusive && new Set(kept).size === own.size && kept.length === own.size) {
    const stays = lines(text).filter((one) => !gone.has(keyIn(one)) || kept.includes(one));
    return stays.length === lines(text).length ? text : asText(stays);
  }
  return asText([...others, ...own.values()]);
}

const asText = (all: readonly string[]): string => all.map((one) => `${one}\n`).join("");

/** The keys as they are, in the terms of the wanted ones: each as it is written where it is there, and what else is to show. */
export function liveKeys(text: string, wanted: readonly string[], exclusive: boolean): string[] {
  const there = lines(text);
  const own = wanted.flatMap((one) => {
    const found = there.filter((other) => keyIn(other) === keyIn(one));
    return found.length === 0 ? [] : [found.includes(one.trim()) && found.length === 1 ? one : (found[0] ?? one)];
  });
  const names = new Set(wanted.map((one) => keyIn(one)));
  const others = there.filter((one) => keyIn(one) === undefined || !names.has(keyIn(one)));
  return exclusive ? [...own, ...others] : own;
}
