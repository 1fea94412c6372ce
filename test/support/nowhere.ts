import { freePort } from "./free-port";

const away = async (): Promise<string> => `https://127.0.0.1:${await freePort()}`;

/** The config with endpoints at which nobody is. */
export async function nowhere(config: Record<string, unknown>): Promise<Record<string, unknown>> {
  const nodes = Object.entries(config["proxmox:nodes"] as Record<string, object>).map(
    async ([name, one]) => [name, { ...one, endpoint: await away() }] as const,
  );
  return {
    ...config,
    "proxmox:endpoints": [await away()],
    "proxmox:nodes": Object.fromEntries(await Promise.all(nodes)),
  };
}
