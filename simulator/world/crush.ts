/** The CRUSH map: which OSDs there are, where they stand, and the rules that choose among them. */
export interface CrushMap {
  /** Device classes by OSD id. */
  classes: Record<string, string>;
  /** Class names in the order in which they were made; the index is the class id. */
  classNames: string[];
  buckets: CrushBucket[];
  rules: CrushRule[];
  version: number;
}

export interface CrushBucket {
  /** Negative. */
  id: number;
  name: string;
  type: CrushType;
  /** Weights in units of 1/65536 TiB. */
  items: { id: number; weight: number }[];
  /** Ids of the copies that hold one device class only. */
  shadows: Record<string, number>;
}

export type CrushType =
  "host" | "chassis" | "rack" | "row" | "pdu" | "pod" | "room" | "datacenter" | "zone" | "region" | "root";

export interface CrushRule {
  id: number;
  name: string;
  kind: "replicated" | "erasure";
  root: string;
  deviceClass?: string;
  /** The type of bucket that no two copies share. */
  failureDomain: CrushType | "osd";
  /** `firstn` for copies, `indep` for the pieces of erasure coding. */
  mode: "firstn" | "indep";
  /** `create-simple` and `create-replicated` differ in nothing that places data. */
}
