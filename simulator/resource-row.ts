/** One row of /cluster/resources. */
export type ResourceRow = Record<string, string | number | null>;

/** What the nodes have reported of their guests, and when. */
export interface GuestReport {
  readonly at: number;
  /** By VMID. */
  readonly rows: ReadonlyMap<number, ResourceRow>;
}
