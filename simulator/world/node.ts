/** A file of /etc/apt/sources.list.d. */
export interface AptFile {
  path: string;
  repositories: AptRepository[];
}

/** One repository, in the words of the API. */
export interface AptRepository {
  Types: string[];
  URIs: string[];
  Suites: string[];
  Components: string[];
  Options: { Key: string; Values: string[] }[];
  FileType: "sources" | "list";
  Enabled: 0 | 1;
  Comment?: string;
}

/** A certificate that an administrator uploaded for pveproxy. */
export interface CustomCertificate {
  certificate: string;
  key: string;
}
