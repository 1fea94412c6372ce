import { image, type AnyLab } from "./lab";

/** The image, downloaded to the node's own storage. */
export const downloadedDebian = (lab: AnyLab) =>
  lab.create("CloudImage", "debian", { ...image, bytes: undefined, node: "pve1", storage: "local" });

/** A template of such an image. */
export const debianTemplate = (lab: AnyLab, imageVolumeId: unknown) =>
  lab.create("Template", "debian-12", {
    node: "pve1",
    imageVolumeId,
    disk: { storage: "local-lvm", sizeGiB: 4 },
    agent: true,
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin" },
  });
