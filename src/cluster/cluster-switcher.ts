/** Who shows one cluster or another. */
export interface ClusterSwitcher {
  /** Shows a real cluster, by the address of any of its nodes. Rejects with a ClusterError where it cannot be had. */
  attach(address: string, token?: string): Promise<void>;
  /** Lets go of it, and shows the page's own cluster, as it was left. Rejects with a ClusterError where that is shown. */
  detach(): Promise<void>;
}
