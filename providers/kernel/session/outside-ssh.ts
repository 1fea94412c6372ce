import type { SshBasics } from "./ssh-config";

/** A machine that is no node of a cluster, and where its SSH server is. */
export interface OutsidePlace {
  /** By which it is called in errors. */
  readonly name: string;
  /** `host` or `host:port`. */
  readonly address: string;
  /** Of its host key; else those that the config trusts. */
  readonly fingerprint?: string | undefined;
}

/**
 * Signed in as on the nodes, but with a key alone: the nodes' password is none of its business. Undefined where there is no key.
 */
export function outsideSsh(all: SshBasics | undefined, place: OutsidePlace): SshBasics | undefined {
  if (all?.privateKey === undefined && all?.agent === undefined) return undefined;
  const { name, address, fingerprint } = place;
  return {
    ...all,
    password: undefined,
    port: undefined,
    addresses: { [name]: address },
    hostKeys: fingerprint === undefined ? all.hostKeys : { fingerprints: [fingerprint] },
  };
}
