import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import { obey, obeyGeneral, PLAYSTATE_COMMANDS, type PlaystateCommand } from '../mediabrowser/remote-control.js';
import { TICKS_PER_MS } from '../mediabrowser/ticks.js';
import { findItem, itemId, userId } from './ids.js';
import { mediaSource } from './items.js';
import { badNumber, missing, noContent, ok, text } from './replies.js';
import { callerSession, type EmbyCapabilities, type EmbyContext } from './server.js';
import { sessionRows } from './sessions.js';

const COMMANDS: readonly string[] = [...PLAYSTATE_COMMANDS, 'SeekRelative'];

function list({ server, request, grant }: EmbyContext): Reply {
  const deviceId = request.query.get('deviceid');
  const id = request.query.get('id');
  return ok(sessionRows(server, grant!).filter((row) => (deviceId === undefined || row['DeviceId'] === deviceId) && (id === undefined || row['Id'] === id)));
}

const target = ({ server, params }: EmbyContext): SimulatedSession | Reply => server.core.engine.sessions.get(params['sessionId']!) ?? text(404, `Session ${params['sessionId']} not found.`);

const controlling = ({ server, grant }: EmbyContext) => (grant?.user == null ? {} : { ControllingUserId: userId(server.core, grant.user) });

/** 204 never proves that anybody heard it. */
function playstate(context: EmbyContext): Reply {
  const { server, params, request } = context;
  const command = COMMANDS.find((entry) => entry.toLowerCase() === params['command']!.toLowerCase()) as PlaystateCommand | undefined;
  if (command === undefined) return text(400, `Requested value '${params['command']}' was not found.`);
  const session = target(context);
  if ('status' in session) return session;
  const asked = request.fields()['SeekPositionTicks'] ?? request.query.get('seekpositionticks');
  const ticks = Number(asked ?? 0);
  if (Number.isNaN(ticks)) return badNumber(String(asked));
  const data = { Id: session.id, Command: command, ...(asked === undefined ? {} : { SeekPositionTicks: ticks }), ...controlling(context) };
  // Roku clients take Stop, Seek and PlayPause; Pause and Unpause do nothing there.
  const deaf = /roku/i.test(session.device.client) && (command === 'Pause' || command === 'Unpause');
  if (!server.sendTo(session, 'Playstate', data) && !deaf) obey(server.core.engine, session, command, ticks);
  return noContent();
}

function message(context: EmbyContext): Reply {
  const { server, request } = context;
  const words = request.query.get('text');
  const header = request.query.get('header');
  if (!words) return missing('text');
  if (!header) return missing('header');
  const session = target(context);
  if ('status' in session) return session;
  const timeout = request.query.get('timeoutms');
  if (timeout !== undefined && Number.isNaN(Number(timeout))) return badNumber(timeout);
  const sent = server.sendTo(session, 'GeneralCommand', { Name: 'DisplayMessage', ...controlling(context), Arguments: { Header: header, Text: words, ...(timeout === undefined ? {} : { TimeoutMs: timeout }) } });
  if (!sent && session.driver === 'virtual' && session.device.controllable) server.core.engine.message(session, { header, text: words, timeoutMs: timeout === undefined ? null : Number(timeout) });
  return noContent();
}

/** A play report must name the `PlaySessionId` of a PlaybackInfo. */
function report(kind: 'started' | 'progress' | 'stopped') {
  return (context: EmbyContext): Reply => {
    const { server, request } = context;
    const body = request.fields();
    if (!server.reports.knows(body['PlaySessionId'])) return missing('playSessionId');
    const session = callerSession(context);
    if (session === null) return noContent();
    if (kind === 'stopped') server.reports.stopped(session);
    else server.reports[kind](session, body);
    return noContent();
  };
}

function playbackInfo({ server, request, params }: EmbyContext): Reply {
  const { core } = server;
  const item = findItem(core, params['itemId']!);
  if (item?.file == null) return text(404, `Item ${params['itemId']} was not found.`);
  const playSessionId = stableHex(`${itemId(item)}|${core.clock.monotonicMs()}|${core.endpoint.requests.length}`);
  const body = request.fields();
  const direct = body['EnableDirectPlay'] !== false;
  server.reports.offer(playSessionId, direct ? 'direct-play' : body['EnableDirectStream'] === false ? 'transcode' : 'direct-stream');
  return ok({ MediaSources: [{ ...mediaSource(core, item, item.file), SupportsDirectPlay: direct }], PlaySessionId: playSessionId });
}

function capabilities(context: EmbyContext): Reply {
  const session = callerSession(context);
  if (session === null) return noContent();
  context.server.capabilities.set(session.id, { PlayableMediaTypes: [], SupportedCommands: [], SupportsMediaControl: false, ...(context.request.fields() as Partial<EmbyCapabilities>) });
  return noContent();
}

function play(context: EmbyContext): Reply {
  const { server, request } = context;
  const session = target(context);
  if ('status' in session) return session;
  const items = (request.query.get('itemids') ?? '').split(',').flatMap((id) => findItem(server.core, id) ?? []);
  const start = Number(request.query.get('startpositionticks') ?? 0);
  const first = items[0];
  const sent = server.sendTo(session, 'Play', { ItemIds: items.map(itemId), StartPositionTicks: start, PlayCommand: request.query.get('playcommand') ?? 'PlayNow', ...controlling(context) });
  if (!sent && first?.file != null && session.driver === 'virtual' && session.device.controllable) server.core.engine.start(session, first, 'direct-play', start / TICKS_PER_MS);
  return noContent();
}

/** The name and its arguments in the body; in the short form of the route the arguments would be lost. */
function command(context: EmbyContext): Reply {
  const { server, request } = context;
  const { Name: name, Arguments: values } = request.fields();
  if (typeof name !== 'string') return missing('name');
  const session = target(context);
  if ('status' in session) return session;
  if (!server.sendTo(session, 'GeneralCommand', { Name: name, ...controlling(context), Arguments: values ?? {} })) obeyGeneral(server.core.engine, session, name, values);
  return noContent();
}

export const sessionRoutes: readonly Route<EmbyContext>[] = [
  route('GET', '/Sessions', 'user', list),
  route('POST', '/Sessions/Capabilities', 'user', capabilities),
  route('POST', '/Sessions/Capabilities/Full', 'user', capabilities),
  route('POST', '/Sessions/Playing', 'user', report('started')),
  route('POST', '/Sessions/Playing/Progress', 'user', report('progress')),
  route('POST', '/Sessions/Playing/Stopped', 'user', report('stopped')),
  route('POST', '/Sessions/Playing/Ping', 'user', () => noContent()),
  route('POST', '/Sessions/{sessionId}/Playing', 'user', play),
  route('POST', '/Sessions/{sessionId}/Playing/{command}', 'user', playstate),
  route('POST', '/Sessions/{sessionId}/Message', 'user', message),
  route('POST', '/Sessions/{sessionId}/Command', 'user', command),
  route('POST', '/Items/{itemId}/PlaybackInfo', 'user', playbackInfo),
  route('DELETE', '/Videos/ActiveEncodings', 'user', () => noContent()),
];
