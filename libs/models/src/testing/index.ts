export { explicitKfacMetric } from './explicit-kfac.ts';
export { smallNetwork } from './small-network.ts';
export type { SmallNetwork, SmallNetworkOptions } from './small-network.ts';
