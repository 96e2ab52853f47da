import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { CURVE_RANGES, type CurveCalls, type CurveColumns, type CurveRange, type Curves } from '@usher/contracts';
import { enumOf } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

export const CurveRangeEnum = enumOf('CurveRange', CURVE_RANGES);

type Values = { readonly [column in keyof CurveColumns]: number | null };

@ObjectType('CurvePoint', { description: 'One step of a curve. All figures are null where the agent did not run: a gap, and no zero.' })
export class CurvePointObject implements Values {
  @Field(() => DateTime, { description: 'Its begin.' }) at!: string;
  @Field(() => Float, { nullable: true, description: 'Time in which the agent ran and watched.' }) observedMs!: number | null;
  @Field(() => Float, { nullable: true, description: 'Of it: the server answered.' }) onlineMs!: number | null;
  @Field(() => Float, { nullable: true, description: 'Of it: the server did not answer as it should.' }) awayMs!: number | null;
  @Field(() => Float, { nullable: true }) pushMs!: number | null;
  @Field(() => Float, { nullable: true }) pollMs!: number | null;
  @Field(() => BigInt53, { nullable: true }) sessionCalls!: number | null;
  @Field(() => BigInt53, { nullable: true }) otherCalls!: number | null;
  @Field(() => BigInt53, { nullable: true }) errors!: number | null;
  @Field(() => Float, { nullable: true }) medianMs!: number | null;
  @Field(() => Float, { nullable: true }) p95Ms!: number | null;
  @Field(() => BigInt53, { nullable: true }) reconnects!: number | null;
  @Field(() => BigInt53, { nullable: true }) cacheHits!: number | null;
  @Field(() => BigInt53, { nullable: true }) cacheMisses!: number | null;
  @Field(() => Float, { nullable: true }) cpuPercent!: number | null;
  @Field(() => BigInt53, { nullable: true }) memoryUsedBytes!: number | null;
  @Field(() => BigInt53, { nullable: true, description: 'Of the largest disk that holds libraries.' }) diskUsedBytes!: number | null;
  @Field(() => Float, { nullable: true }) encoderPercent!: number | null;
}

@ObjectType('CurveCalls', { description: 'Calls of a whole range; times are null without a call and at most 30 % off.' })
export class CurveCallsObject implements CurveCalls {
  @Field(() => BigInt53) calls!: number;
  @Field(() => BigInt53) errors!: number;
  @Field(() => Float, { nullable: true }) averageMs!: number | null;
  @Field(() => Float, { nullable: true }) medianMs!: number | null;
  @Field(() => Float, { nullable: true }) p95Ms!: number | null;
}

@ObjectType('CurveTotal')
export class CurveTotalObject {
  @Field(() => Float) observedMs!: number;
  @Field(() => Float) onlineMs!: number;
  @Field(() => Float) awayMs!: number;
  @Field(() => Float) pushMs!: number;
  @Field(() => Float) pollMs!: number;
  @Field(() => CurveCallsObject) session!: CurveCallsObject;
  @Field(() => CurveCallsObject) other!: CurveCallsObject;
  @Field(() => CurveCallsObject) all!: CurveCallsObject;
  @Field(() => BigInt53) reconnects!: number;
  @Field(() => BigInt53) cacheHits!: number;
  @Field(() => BigInt53) cacheMisses!: number;
}

@ObjectType('Curves', { description: 'What the calls to one server and its machine did, as its agent keeps it for seven days.' })
export class CurvesObject {
  @Field(() => DateTime) at!: string;
  @Field(() => CurveRangeEnum) range!: CurveRange;
  @Field(() => DateTime, { nullable: true, description: 'When the oldest that is kept was counted.' }) since!: string | null;
  @Field(() => DateTime, { description: 'Begin of the first point; the last one is still running.' }) from!: string;
  @Field(() => Int) stepMs!: number;
  @Field(() => [CurvePointObject]) points!: CurvePointObject[];
  @Field(() => CurveTotalObject) total!: CurveTotalObject;
}

@ObjectType('ServerCurves')
export class ServerCurvesObject {
  @Field(() => ID) serverId!: string;
  @Field() serverAlias!: string;
  @Field(() => String, { nullable: true, description: 'Why there are no curves.' }) error!: string | null;
  @Field(() => String, { nullable: true }) code!: string | null;
  @Field(() => CurvesObject, { nullable: true }) curves!: CurvesObject | null;
}

/** Columns of the message as points. */
export function curvesObject({ columns, ...curves }: Curves): CurvesObject {
  const names = Object.keys(columns) as (keyof CurveColumns)[];
  const fromMs = Date.parse(curves.from);
  const points = columns.observedMs.map((_, step) => {
    const values = Object.fromEntries(names.map((name) => [name, columns[name][step] ?? null])) as Values;
    return { at: new Date(fromMs + step * curves.stepMs).toISOString(), ...values };
  });
  return { ...curves, points };
}
