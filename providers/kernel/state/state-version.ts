/** Version of the form of the state; what an older version has written is brought to this one when it is read. */
export const stateVersion = 1;

/** Outputs of any earlier release may arrive here; those of a later one cannot be understood. */
export function assertReadable(kind: string, props: Readonly<Record<string, unknown>>): void {
  const version = Number(props["__v"] ?? stateVersion);
  if (version > stateVersion)
    throw new Error(
      `the state of this ${kind} was written by a newer pulumi-proxmox-cluster (form ${version}, this one knows ${stateVersion}); install that version`,
    );
}
