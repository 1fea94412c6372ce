import type { RequestRecord } from "../../simulator/request-record";

/** Is that the last word of a VM's mark? It follows a creation when nothing else is to do, some seconds later or many. */
export function isLastWord({ method, path, params }: Pick<RequestRecord, "method" | "path" | "params">): boolean {
  const keys = Object.keys(params).filter((key) => !["node", "vmid", "digest"].includes(key));
  return method === "PUT" && path.endsWith("/config") && keys.join() === "description";
}
