/** `local:iso/debian.iso`, `ceph:vm-100-disk-0`, `local:150/base-150-disk-0.qcow2/210/vm-210-disk-0.qcow2`. */
export interface VolumeId {
  readonly storage: string;
  /** What follows the colon. */
  readonly volume: string;
}

export function parseVolumeId(text: string): VolumeId | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(text);
  return match ? { storage: match[1]!, volume: match[2]! } : undefined;
}

export const printVolumeId = ({ storage, volume }: VolumeId): string => `${storage}:${volume}`;

/** Storage of a volume id that Proxmox gave, or that was checked. */
export const storageOf = (volumeId: string): string => volumeId.split(":")[0] as string;

/** Name of the file of a volume id, without its folders: `debian.iso`. */
export const fileNameOf = (volumeId: string): string => volumeId.replace(/^.*[/:]/, "");
