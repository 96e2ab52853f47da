import { Sha256Hex } from '@usher/contracts';
import { z } from 'zod';
import { StateFile } from '../storage/state-file.js';

const CreatedAccount = z.strictObject({
  planSha256: Sha256Hex,
  /** Index in the plan's users. */
  u: z.number().int().nonnegative(),
  name: z.string().min(1).max(200),
  /** Null while nobody knows whether the server made it. */
  vendorId: z.string().min(1).max(200).nullable(),
  /** Its removal was begun. */
  leaving: z.boolean(),
});
type CreatedAccount = z.infer<typeof CreatedAccount>;

/** The accounts that plans made here, on disk: the only ones that a plan may write to without naming them, and the only ones that are ever removed. */
export class CreatedAccounts {
  private constructor(
    private readonly file: StateFile<z.ZodArray<typeof CreatedAccount>>,
    private list: readonly CreatedAccount[],
  ) {}

  static async open(path: string): Promise<CreatedAccounts> {
    const file = new StateFile(path, z.array(CreatedAccount));
    return new CreatedAccounts(file, (await file.read()) ?? []);
  }

  of(planSha256: string, u: number): CreatedAccount | undefined {
    return this.list.find((account) => account.planSha256 === planSha256 && account.u === u);
  }

  byVendorId(vendorId: string): CreatedAccount | undefined {
    return this.list.find((account) => account.vendorId === vendorId);
  }

  /** Resolves when it is on the disk that this account is about to be made. */
  begin(planSha256: string, u: number, name: string): Promise<void> {
    return this.replace([...this.others(planSha256, u), { planSha256, u, name, vendorId: null, leaving: false }]);
  }

  made(planSha256: string, u: number, name: string, vendorId: string): Promise<void> {
    return this.replace([...this.others(planSha256, u), { planSha256, u, name, vendorId, leaving: false }]);
  }

  /** The server certainly did not make it. */
  forget(planSha256: string, u: number): Promise<void> {
    return this.replace(this.others(planSha256, u));
  }

  leaving(vendorId: string): Promise<void> {
    return this.replace(this.list.map((account) => (account.vendorId === vendorId ? { ...account, leaving: true } : account)));
  }

  left(vendorId: string): Promise<void> {
    return this.replace(this.list.filter((account) => account.vendorId !== vendorId));
  }

  private others(planSha256: string, u: number): CreatedAccount[] {
    return this.list.filter((account) => account.planSha256 !== planSha256 || account.u !== u);
  }

  private replace(list: readonly CreatedAccount[]): Promise<void> {
    this.list = list;
    return this.file.write([...list]);
  }
}
