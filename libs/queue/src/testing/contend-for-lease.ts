/** Asks once for the lease in the Redis at the address that is given as JSON, and says whether it was had. */
import type { RedisAddress } from '../address.ts';
import { connect } from '../connection.ts';
import { Lease } from '../lease.ts';

const redis = await connect(JSON.parse(process.argv[2] as string) as RedisAddress);
console.log(await new Lease(redis).acquire());
redis.disconnect();
