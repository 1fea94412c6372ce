// Written by `npm run arguments` from the models of this folder; not to be changed by hand.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a CloudImage. */
export interface CloudImageArgs {
  /**
   * A well-known image of the catalogue, such as `debian-12`: stands for `url` and for a `checksum` that follows
   * its publisher. Write a `checksum` beside it to pin one release.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  image?: pulumi.Input<"debian-12" | "debian-13" | "ubuntu-22.04" | "ubuntu-24.04" | "rocky-9" | "alma-9" | "fedora-44" | "opensuse-leap-16.0" | "arch" | "alpine-3.23"> | undefined;
  /**
   * Architecture of a well-known image.
   *
   * - Default: `"amd64"`
   * - Change: none, nothing happens to what is there
   */
  architecture?: pulumi.Input<"amd64" | "arm64"> | undefined;
  /**
   * Base address that stands for the publisher's of a well-known image, such as
   * `https://mirror.example.com/debian-cloud` for `https://cloud.debian.org/images/cloud`.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  mirror?: pulumi.Input<string> | undefined;
  /**
   * Address of the image, http or https; the node downloads it. A change without a change of checksum does
   * nothing.
   *
   * - Default: not set
   * - Change: none, nothing happens to what is there
   */
  url?: pulumi.Input<string> | undefined;
  /**
   * Checksum as the publisher states it: `sha256:...`, `sha512:...`. Or `{ url }` of the publisher's list, such as
   * `https://.../SHA256SUMS`, in which it is looked up at every preview and `up`: a new release then shows as a
   * replacement. A change downloads anew before the old file goes. Left out, nothing is verified.
   *
   * - Default: not set
   * - Change: replace, it is made anew
   */
  checksum?: pulumi.Input<string | CloudImageChecksumArgs> | undefined;
  /**
   * Node that downloads; the file is there for every node when the storage is shared.
   *
   * - Change: replace, it is made anew
   */
  node: pulumi.Input<string>;
  /**
   * File-based storage that allows content `import`, or `iso` for a compressed image.
   *
   * - Change: replace, it is made anew
   */
  storage: pulumi.Input<string>;
  /**
   * Name of the file, ending in .qcow2, .raw, .vmdk or .ova.
   *
   * - Default: from the address, with the first 12 digits of the checksum, so that the same content has the same name
   * - Change: replace, it is made anew
   */
  fileName?: pulumi.Input<string> | undefined;
  /**
   * How the image is packed; the checksum is that of the packed file. Proxmox unpacks into content `iso` only, and
   * lets only root@pam, logged in by password, import from there. `xz` it does not unpack at all: the node is told
   * over SSH, and the image goes to content `import`.
   *
   * - Default: by the address's ending
   * - Change: none, nothing happens to what is there
   */
  compression?: pulumi.Input<"gz" | "lzo" | "zst" | "bz2" | "xz"> | undefined;
  /**
   * Check the server's TLS certificate.
   *
   * - Default: `true`
   * - Change: none, nothing happens to what is there
   * - Proxmox: `verify-certificates`
   */
  verifyCertificates?: pulumi.Input<boolean> | undefined;
  /**
   * Longest time of each operation; a creation downloads.
   *
   * - Default: not set
   * - Change: live
   */
  timeouts?: pulumi.Input<CloudImageTimeoutsArgs> | undefined;
}

/** Part of the arguments of a CloudImage. */
export interface CloudImageChecksumArgs {
  /**
   * Address of the publisher's list of checksums, http or https.
   *
   * - Change: replace, it is made anew
   */
  url: pulumi.Input<string>;
}

/** Part of the arguments of a CloudImage. */
export interface CloudImageTimeoutsArgs {
  /**
   * Longest time for a creation.
   *
   * - Default: `"60m"`
   * - Change: live
   */
  create?: pulumi.Input<string> | undefined;
  /**
   * Longest time for an update.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  update?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a deletion.
   *
   * - Default: `"5m"`
   * - Change: live
   */
  delete?: pulumi.Input<string> | undefined;
  /**
   * Longest time for a refresh.
   *
   * - Default: `"2m"`
   * - Change: live
   */
  read?: pulumi.Input<string> | undefined;
}
