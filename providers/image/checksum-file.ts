import { editDistance } from "../kernel/state/problems";
import { algorithmOf, type Checksum } from "./checksum";

/** One line of a publisher's list; a file that holds nothing but a digest has no name. */
interface Entry extends Checksum {
  readonly file?: string;
}

const signedMessage = "-----BEGIN PGP SIGNED MESSAGE-----";
const signature = "-----BEGIN PGP SIGNATURE-----";

/** What is between the armour's header and its signature, without the dashes that escape a dash. */
function withoutArmour(text: string): string {
  const plain = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const [head, signed] = plain.split(`${signedMessage}\n`);
  if (signed === undefined) return plain.split(signature)[0] as string;
  const body = signed.slice(signed.indexOf("\n\n") + 2);
  return `${head ?? ""}${(body.split(signature)[0] as string).replace(/^- /gm, "")}`;
}

/**
 * The checksums that a publisher's file states. Known forms: `<digest>  <file>` and `<digest> *<file>` (GNU coreutils),
 * `SHA256 (<file>) = <digest>` (BSD; Fedora and Rocky), and a lone digest, as beside a single image; clear-signed or not.
 */
export function checksumsIn(text: string): Entry[] {
  return withoutArmour(text)
    .split("\n")
    .flatMap((line) => {
      const trimmed = line.trim();
      const [, tag, tagged, of] = /^([\w-]+) ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(trimmed) ?? [];
      if (tag !== undefined && tagged !== undefined && of !== undefined) return entry(of, tagged, tag);
      const [, digest, named] = /^\\?([0-9a-f]+)(?:\s+\*?(.+))?$/i.exec(trimmed) ?? [];
      return digest === undefined ? [] : entry(digest, named);
    });
}

function entry(digest: string, file?: string, tag?: string): Entry[] {
  const algorithm = algorithmOf(digest);
  // Another algorithm may have digests of the same length: BLAKE2b has those of SHA-512.
  if (algorithm === undefined || (tag !== undefined && tag.toLowerCase().replace("-", "") !== algorithm)) return [];
  return [{ algorithm, digest: digest.toLowerCase(), ...(file === undefined ? {} : { file: file.trim() }) }];
}

const baseName = (path: string): string => path.split("/").at(-1) ?? "";

/** Name of the file that an address is about. */
export function fileOf(url: string): string {
  const last = baseName(new URL(url).pathname);
  try {
    return decodeURIComponent(last);
  } catch (error) {
    if (error instanceof URIError) return last;
    throw error;
  }
}

/** The strongest checksum that the list has for the file of this address; an error names what the list has instead. */
export function findChecksum(text: string, imageUrl: string, listUrl: string): Checksum {
  const entries = checksumsIn(text);
  const name = fileOf(imageUrl);
  const strongest = (of: Entry[]): Entry | undefined => [...of].sort((a, b) => b.digest.length - a.digest.length)[0];
  const named = entries.filter(({ file }) => file !== undefined && baseName(file) === name);
  const { pathname } = new URL(imageUrl);
  // A list of a whole tree may hold the name more than once.
  const exact = named.filter(({ file = "" }) => pathname.endsWith(`/${file.replace(/^\.?\//, "")}`));
  const nameless = entries.filter(({ file }) => file === undefined);
  const found =
    strongest(exact.length > 0 ? exact : named) ??
    (entries.length === nameless.length && nameless.length === 1 ? nameless[0] : undefined);
  if (found) return { algorithm: found.algorithm, digest: found.digest };
  throw new Error(`${listUrl} has no checksum of ${name}${near(name, entries)}`);
}

function near(name: string, entries: readonly Entry[]): string {
  const names = [...new Set(entries.flatMap(({ file }) => (file === undefined ? [] : [file])))];
  if (names.length === 0) return "; there is none in it at all";
  const close = names
    .map((file) => ({ file, distance: editDistance(name.toLowerCase(), baseName(file).toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3);
  return `; the nearest of its ${names.length} names: ${close.map(({ file }) => file).join(", ")}`;
}
