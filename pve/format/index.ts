export * from "./iso9660";
export * from "./printable";
export * from "./property-string";
export * from "./shell";
export * from "./size";
export * from "./sshkeys";
export * from "./upid";
export * from "./volume-id";
