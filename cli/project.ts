import path from "node:path";

/** The folder that holds package.json and Pulumi.yaml, seen from the compiled file. */
export const projectRoot = path.resolve(__dirname, "..", "..");
