/** A section of resources.cfg: options as they were written. */
export type HaResource = Record<string, string>;

/** A section of rules.cfg. */
export interface HaRule {
  type: "node-affinity" | "resource-affinity";
  /** Services by their ids, in order. */
  resources: string[];
  /** Priorities of nodes. */
  nodes?: Record<string, number>;
  strict?: boolean;
  affinity?: "positive" | "negative";
  disable?: true;
  comment?: string;
}

/** A service, as the cluster resource manager keeps it in manager_status. */
export interface HaService {
  state: string;
  node: string;
  target?: string;
  /** Seconds that a requested stop gives the guest. */
  timeout?: number;
  failedNodes?: string[];
  /** It was started, in this state. */
  running?: true;
  /** What crm_commands asked for. */
  cmd?: readonly string[];
  /** What became of the state's command on its node. */
  result?: "success" | "error" | "wrong-node";
  /** The task that carries the state's command out. */
  task?: string;
  /** Starts that failed on this node. */
  tries?: number;
}

/** What is in /etc/pve/ha. */
export interface Ha {
  resources: Record<string, HaResource>;
  /** In the order of the file. */
  rules: Record<string, HaRule>;
  /** crm_commands, by lines. */
  commands: string[];
  /** manager_status; absent as long as no node has ever been the master. */
  manager?: {
    master: string;
    /** Seconds since the epoch. */
    timestamp: number;
    nodes: Record<string, string>;
    services: Record<string, HaService>;
  };
  /** Local resource managers that hold their watchdog, with the rounds in which they had nothing to do. */
  active: Record<string, number>;
}
