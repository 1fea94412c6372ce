/** A processor architecture, as Debian and Ubuntu call it. */
export type Architecture = "amd64" | "arm64";

/** A well-known image: what a CloudImage downloads, and what a guest made from it is like. */
export interface CatalogueImage {
  /** Where its publisher has it. */
  readonly url: string;
  /** The publisher's own list of checksums; a new release there is a new image here. */
  readonly checksum: {
    /** Where that list is. */
    readonly url: string;
  };
  /** Proxmox's type of operating system. */
  readonly osType: "l26";
  /** User that the image's cloud-init sets up when none is named. */
  readonly user: string;
}

interface Row {
  /** What a mirror replaces. */
  readonly base: string;
  /** Below the base; {arch} is amd64 or arm64, {machine} is x86_64 or aarch64. */
  readonly file: string;
  /** Below the base; {file} is the image. */
  readonly sums: string;
  readonly user: string;
  readonly architectures: readonly Architecture[];
}

const both: readonly Architecture[] = ["amd64", "arm64"];
const amd64: readonly Architecture[] = ["amd64"];

const debian = "https://cloud.debian.org/images/cloud";
const ubuntu = "https://cloud-images.ubuntu.com";
const fedora = "https://download.fedoraproject.org/pub/fedora/linux/releases";

// Addresses end in the publisher's own "latest" where it has one: there a new release replaces the image.
const rows = {
  "debian-12": {
    ...{ base: debian, user: "debian", architectures: both },
    file: "bookworm/latest/debian-12-genericcloud-{arch}.qcow2",
    sums: "bookworm/latest/SHA512SUMS",
  },
  "debian-13": {
    ...{ base: debian, user: "debian", architectures: both },
    file: "trixie/latest/debian-13-genericcloud-{arch}.qcow2",
    sums: "trixie/latest/SHA512SUMS",
  },
  "ubuntu-22.04": {
    ...{ base: ubuntu, user: "ubuntu", architectures: both },
    file: "jammy/current/jammy-server-cloudimg-{arch}.img",
    sums: "jammy/current/SHA256SUMS",
  },
  "ubuntu-24.04": {
    ...{ base: ubuntu, user: "ubuntu", architectures: both },
    file: "noble/current/noble-server-cloudimg-{arch}.img",
    sums: "noble/current/SHA256SUMS",
  },
  "rocky-9": {
    ...{ base: "https://dl.rockylinux.org/pub/rocky", user: "rocky", architectures: both },
    file: "9/images/{machine}/Rocky-9-GenericCloud-Base.latest.{machine}.qcow2",
    sums: "9/images/{machine}/CHECKSUM",
  },
  "alma-9": {
    ...{ base: "https://repo.almalinux.org/almalinux", user: "almalinux", architectures: both },
    file: "9/cloud/{machine}/images/AlmaLinux-9-GenericCloud-latest.{machine}.qcow2",
    sums: "9/cloud/{machine}/images/CHECKSUM",
  },
  "fedora-44": {
    ...{ base: fedora, user: "fedora", architectures: both },
    file: "44/Cloud/{machine}/images/Fedora-Cloud-Base-Generic-44-1.7.{machine}.qcow2",
    sums: "44/Cloud/{machine}/images/Fedora-Cloud-44-1.7-{machine}-CHECKSUM",
  },
  "opensuse-leap-16.0": {
    ...{ base: "https://download.opensuse.org/distribution", user: "opensuse", architectures: both },
    file: "leap/16.0/appliances/Leap-16.0-Minimal-VM.{machine}-Cloud.qcow2",
    sums: "{file}.sha256",
  },
  arch: {
    ...{ base: "https://geo.mirror.pkgbuild.com/images", user: "arch", architectures: amd64 },
    file: "latest/Arch-Linux-{machine}-cloudimg.qcow2",
    sums: "{file}.SHA256",
  },
  "alpine-3.23": {
    ...{ base: "https://dl-cdn.alpinelinux.org/alpine", user: "alpine", architectures: amd64 },
    file: "v3.23/releases/cloud/generic_alpine-3.23.4-{machine}-bios-cloudinit-r0.qcow2",
    sums: "{file}.sha512",
  },
} as const satisfies Record<string, Row>;

/** Name of a well-known image. */
export type CatalogueName = keyof typeof rows;

export const catalogueNames = Object.keys(rows) as readonly CatalogueName[];

export const isCatalogueName = (name: unknown): name is CatalogueName =>
  typeof name === "string" && Object.hasOwn(rows, name);

/** For which architectures the image is published. */
export const architecturesOf = (name: CatalogueName): readonly Architecture[] => rows[name].architectures;

/**
 * Address, list of checksums and default user of a well-known image.
 *
 * ```ts
 * const { url, checksum, user } = catalogue("debian-12", { mirror: "https://mirror.example.com/debian-cloud" });
 * ```
 *
 * `mirror` stands for the publisher's base address (`https://cloud.debian.org/images/cloud`), for sites without a way
 * to the internet; what is below it stays as the publisher has it, the list of checksums included.
 */
export function catalogue(
  name: CatalogueName,
  { mirror, architecture = "amd64" }: { readonly mirror?: string; readonly architecture?: Architecture } = {},
): CatalogueImage {
  const { base, file, sums, user }: Row = rows[name];
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  const below = (path: string): string => path.replaceAll("{arch}", architecture).replaceAll("{machine}", machine);
  const root = (mirror ?? base).replace(/\/+$/, "");
  return {
    url: `${root}/${below(file)}`,
    checksum: { url: `${root}/${below(sums.replaceAll("{file}", file))}` },
    osType: "l26",
    user,
  };
}

/** The well-known images as their publishers offer them, for amd64: `images["debian-12"].user`. */
export const images = Object.fromEntries(catalogueNames.map((name) => [name, catalogue(name)])) as Readonly<
  Record<CatalogueName, CatalogueImage>
>;
