/** What dpkg and apt of a node know. */
export interface Packages {
  /** Versions of what is installed, by name. */
  installed: Record<string, string>;
  /** What the last `apt-get update` found; absent: it never ran. */
  index?: ArchivePackage[];
  /** Somebody holds dpkg's lock until then, in simulated milliseconds since the epoch. */
  locked?: { until: number; by: string };
}

/** A package as a repository offers it. */
export interface ArchivePackage {
  name: string;
  version: string;
  section?: string;
  title?: string;
  /** What is installed with it. */
  depends?: string[];
  /** What cannot be there beside it. */
  conflicts?: string[];
  /** Asks when it is installed, and waits for the answer. */
  asks?: true;
  /** Brings a configuration file that the administrator has changed: dpkg asks which one to take. */
  changedConfig?: true;
}
