/** One file of an image, in its root directory. */
export interface IsoFile {
  /** As the guest shall see it (Joliet): up to 64 characters. */
  readonly name: string;
  readonly content: Buffer;
}

const SECTOR = 2048;
/** 2000-01-01: the bytes depend on nothing but the content. */
const DATE = Buffer.from([100, 1, 1, 0, 0, 0, 0]);

/** Where things lie; all of the descriptors and tables fit into one sector each. */
const at = { primary: 16, joliet: 17, end: 18, tables: [19, 20], jolietTables: [21, 22], root: 23, jolietRoot: 24 };
const CONTENT = 25;

/**
 * An ISO 9660 image (ECMA-119) with a few files and with Joliet's names, which Linux, BSD and Windows read: the plain
 * names of ISO 9660 have neither lower case nor hyphens. The same files give the same bytes.
 */
export function isoImage(volume: string, files: readonly IsoFile[]): Buffer {
  if (!/^[\w.-]{1,16}$/.test(volume))
    throw new RangeError(`'${volume}' is no volume name of up to 16 plain characters`);
  let next = CONTENT;
  const placed = files.map(({ name, content }, i) => {
    if (name.length === 0 || name.length > 64 || /[*/:;?\\\0]/.test(name))
      throw new RangeError(`'${name}' is no file name for an ISO image`);
    const sector = next;
    next += Math.ceil(content.length / SECTOR);
    return { name, plain: plainName(name, i), content, sector };
  });
  const image = Buffer.alloc(next * SECTOR);
  for (const { content, sector } of placed) content.copy(image, sector * SECTOR);

  const byName = <K extends "name" | "plain">(key: K) => [...placed].sort((a, b) => (a[key] < b[key] ? -1 : 1));
  const primary = byName("plain").map((file) => record(latin(`${file.plain};1`), file.sector, file.content.length, 0));
  const joliet = byName("name").map((file) => record(ucs2(file.name), file.sector, file.content.length, 0));
  directory(at.root, primary).copy(image, at.root * SECTOR);
  directory(at.jolietRoot, joliet).copy(image, at.jolietRoot * SECTOR);

  const total = next;
  descriptor({ type: 1, volume: latin(volume), blank: latin, total, tables: at.tables, root: at.root }).copy(
    image,
    at.primary * SECTOR,
  );
  const supplementary = descriptor({
    ...{ type: 2, volume: ucs2(volume), blank: ucs2, total, tables: at.jolietTables, root: at.jolietRoot },
  });
  // The escape sequence of UCS-2 level 3 is what makes it Joliet.
  supplementary.write("%/E", 88, "latin1");
  supplementary.copy(image, at.joliet * SECTOR);
  image[at.end * SECTOR] = 255;
  image.write("CD001\x01", at.end * SECTOR + 1, "latin1");
  for (const [tables, root] of [
    [at.tables, at.root],
    [at.jolietTables, at.jolietRoot],
  ] as const) {
    pathTable(root, false).copy(image, (tables[0] as number) * SECTOR);
    pathTable(root, true).copy(image, (tables[1] as number) * SECTOR);
  }
  return image;
}

/** `network-config` -> `NETWOR1.`: eight upper-case characters, made unique by the file's number. */
const plainName = (name: string, i: number): string =>
  `${name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_")
    .slice(0, 6)}${i}.`;

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const ucs2 = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

/** A number in both byte orders, as ECMA-119 has most of them. */
function both32(target: Buffer, offset: number, value: number): void {
  target.writeUInt32LE(value, offset);
  target.writeUInt32BE(value, offset + 4);
}

function both16(target: Buffer, offset: number, value: number): void {
  target.writeUInt16LE(value, offset);
  target.writeUInt16BE(value, offset + 2);
}

/** A directory record (9.1); flag 2 marks a directory. */
function record(name: Buffer, sector: number, length: number, flags: number): Buffer {
  const size = 33 + name.length + (name.length % 2 === 0 ? 1 : 0);
  const out = Buffer.alloc(size);
  out[0] = size;
  both32(out, 2, sector);
  both32(out, 10, length);
  DATE.copy(out, 18);
  out[25] = flags;
  both16(out, 28, 1);
  out[32] = name.length;
  name.copy(out, 33);
  return out;
}

function directory(sector: number, records: readonly Buffer[]): Buffer {
  const own = [0, 1].map((name) => record(Buffer.from([name]), sector, SECTOR, 2));
  const out = Buffer.concat([...own, ...records]);
  if (out.length > SECTOR) throw new RangeError("there are too many files for one directory sector");
  return out;
}

/** The path table (9.4) has the root directory alone. */
function pathTable(root: number, bigEndian: boolean): Buffer {
  const out = Buffer.alloc(10);
  out[0] = 1;
  if (bigEndian) out.writeUInt32BE(root, 2);
  else out.writeUInt32LE(root, 2);
  if (bigEndian) out.writeUInt16BE(1, 6);
  else out.writeUInt16LE(1, 6);
  return out;
}

interface Descriptor {
  readonly type: 1 | 2;
  readonly volume: Buffer;
  /** Writes blanks in the descriptor's own character set. */
  readonly blank: (text: string) => Buffer;
  readonly total: number;
  readonly tables: readonly number[];
  readonly root: number;
}

/** A volume descriptor (8.4, 8.5). */
function descriptor({ type, volume, blank, total, tables, root }: Descriptor): Buffer {
  const out = Buffer.alloc(SECTOR);
  out[0] = type;
  out.write("CD001\x01", 1, "latin1");
  const fill = (from: number, length: number) => out.fill(blank(" "), from, from + length);
  fill(8, 32);
  fill(40, 32);
  volume.copy(out, 40);
  both32(out, 80, total);
  both16(out, 120, 1);
  both16(out, 124, 1);
  both16(out, 128, SECTOR);
  both32(out, 132, 10);
  out.writeUInt32LE(tables[0] as number, 140);
  out.writeUInt32BE(tables[1] as number, 148);
  record(Buffer.from([0]), root, SECTOR, 2).copy(out, 156);
  for (const [from, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const)
    fill(from, length);
  // Dates of the volume: not specified (8.4.26.1).
  for (const from of [813, 830, 847, 864]) out.write("0000000000000000", from, "latin1");
  out[881] = 1;
  return out;
}
