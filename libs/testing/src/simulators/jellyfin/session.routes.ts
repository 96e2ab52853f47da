import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { stableHex } from '../base/random.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { GENERAL_COMMANDS, obey, obeyGeneral, PLAYSTATE_COMMANDS, type PlaystateCommand } from '../mediabrowser/remote-control.js';
import { NO_USER, TICKS_PER_MS } from '../mediabrowser/ticks.js';
import { findItem, findUser, itemId, parseGuid, userId } from './ids.js';
import { mediaSource } from './items.js';
import { invalid, noContent, ok, problem, refused } from './replies.js';
import { callerSession, NO_CAPABILITIES, type ClientCapabilities, type JellyfinContext } from './server.js';
import { keyRowId, sessionRows } from './sessions.js';

function list({ server, request, grant }: JellyfinContext): Reply {
  const controllableBy = request.query.get('controllablebyuserid');
  if (controllableBy !== undefined && grant?.user != null && !grant.user.isAdministrator && findUser(server.core, controllableBy) !== grant.user) return refused(403);
  const deviceId = request.query.get('deviceid')?.toLowerCase();
  const within = Number(request.query.get('activewithinseconds') ?? 0);
  if (Number.isNaN(within)) return invalid('activeWithinSeconds', request.query.get('activewithinseconds')!);
  const since = server.core.clock.now() - within * 1_000;
  const rows = sessionRows(server, grant!).filter(
    (row) => (deviceId === undefined || String(row['DeviceId']).toLowerCase() === deviceId) && (within <= 0 || Date.parse(String(row['LastActivityDate'])) >= since),
  );
  return ok(rows);
}

/** The session named in the path, or the answer when there is none. Rows of API keys exist and react to nothing. */
function target({ server, params }: JellyfinContext): SimulatedSession | Reply {
  const id = params['sessionId']!;
  const session = server.sessionOf(id);
  if (session !== undefined) return session;
  const isKey = [...server.keyRows.keys()].some((token) => server.core.grants.has(token) && keyRowId(server, server.core.grants.get(token)!) === id);
  return isKey ? noContent() : refused(404);
}

const controllingUser = ({ server, grant }: JellyfinContext) => (grant?.user == null ? NO_USER : userId(server.core, grant.user));

/** 204 whether or not anybody heard it. */
function playstate(context: JellyfinContext): Reply {
  const { server, params, request, grant } = context;
  const command = PLAYSTATE_COMMANDS.find((entry) => entry.toLowerCase() === params['command']!.toLowerCase());
  if (command === undefined) return invalid('command', params['command']!);
  const ticks = request.query.get('seekpositionticks');
  if (ticks !== undefined && !/^-?\d+$/.test(ticks)) return invalid('seekPositionTicks', ticks);
  const session = target(context);
  if ('status' in session) return session;
  callerSession(context);
  const data = { Command: command, ...(ticks === undefined ? {} : { SeekPositionTicks: Number(ticks) }), ...(grant?.user == null ? {} : { ControllingUserId: controllingUser(context) }) };
  if (!server.sendTo(session, 'Playstate', data)) obey(server.core.engine, session, command as PlaystateCommand, Number(ticks ?? 0));
  return noContent();
}

function message(context: JellyfinContext): Reply {
  const { server, request } = context;
  if (request.body === '') return problem(415);
  const { Header: header, Text: text, TimeoutMs: timeoutMs } = request.fields();
  if (typeof text !== 'string' || text === '') return problem(400, { Text: ['The Text field is required.'] });
  const session = target(context);
  if ('status' in session) return session;
  callerSession(context);
  const title = typeof header === 'string' && header !== '' ? header : 'Message from Server';
  const timeout = typeof timeoutMs === 'number' ? { TimeoutMs: String(timeoutMs) } : {};
  const sent = server.sendTo(session, 'GeneralCommand', { Name: 'DisplayMessage', ControllingUserId: controllingUser(context), Arguments: { Header: title, Text: text, ...timeout } });
  if (!sent && session.driver === 'virtual' && session.device.controllable) server.core.engine.message(session, { header: title, text, timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : null });
  return noContent();
}

/** A play report of a client; `parameter` is the name that the server has for its body. */
function report(kind: 'started' | 'progress' | 'stopped') {
  const parameter = { started: 'playbackStartInfo', progress: 'playbackProgressInfo', stopped: 'playbackStopInfo' }[kind];
  return (context: JellyfinContext): Reply => {
    const { server, request } = context;
    const body = request.json();
    if (request.body === '') return problem(415);
    const required = { [parameter]: [`The ${parameter} field is required.`] };
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return problem(400, { $: [`The JSON value could not be converted to ${parameter}.`], ...required });
    const fields = body as Record<string, unknown>;
    if (fields['ItemId'] !== undefined && parseGuid(String(fields['ItemId'])) === null) return problem(400, { '': ['The supplied value is invalid.'], ...required });
    const session = callerSession(context);
    if (session === null) return noContent();
    if (kind === 'stopped') server.reports.stopped(session);
    else server.reports[kind](session, fields);
    return noContent();
  };
}

function playbackInfo({ server, request, params }: JellyfinContext): Reply {
  const item = findItem(server.core, params['itemId']!);
  if (item?.file == null) return problem(404);
  const playSessionId = stableHex(`${itemId(item)}|${server.core.clock.monotonicMs()}|${server.core.endpoint.requests.length}`);
  const body = request.fields();
  const direct = body['EnableDirectPlay'] !== false;
  server.reports.offer(playSessionId, direct ? 'direct-play' : body['EnableDirectStream'] === false ? 'transcode' : 'direct-stream');
  const source = { ...mediaSource(item, item.file), SupportsDirectPlay: direct, SupportsDirectStream: direct };
  const url = `/videos/${itemId(item)}/master.m3u8?MediaSourceId=${itemId(item)}&PlaySessionId=${playSessionId}`;
  const transcoding = direct ? {} : { TranscodingUrl: url, TranscodingSubProtocol: 'hls', TranscodingContainer: 'ts' };
  return ok({ MediaSources: [{ ...source, ...transcoding }], PlaySessionId: playSessionId });
}

function capabilities(context: JellyfinContext): Reply {
  const { server, request } = context;
  const session = callerSession(context);
  if (session === null) return noContent();
  const query = (name: string) => (request.query.get(name) ?? '').split(',').filter(Boolean);
  const short = { PlayableMediaTypes: query('playablemediatypes'), SupportedCommands: query('supportedcommands'), SupportsMediaControl: request.query.get('supportsmediacontrol') === 'true' };
  const said = request.body === '' ? short : (request.fields() as Partial<ClientCapabilities>);
  server.capabilities.set(session.id, { ...NO_CAPABILITIES, ...said });
  server.onPush('Sessions');
  return noContent();
}

function endEncoding({ server, request }: JellyfinContext): Reply {
  const playSessionId = request.query.get('playsessionid');
  if (playSessionId === undefined) return problem(400, { playSessionId: ['The playSessionId field is required.'] });
  for (const { playback } of server.core.engine.sessions.values()) if (playback?.id === playSessionId) playback.encoderGone = true;
  return noContent();
}

function play(context: JellyfinContext): Reply {
  const { server, request } = context;
  const session = target(context);
  if ('status' in session) return session;
  const items = (request.query.get('itemids') ?? '').split(',').flatMap((id) => findItem(server.core, id) ?? []);
  const start = Number(request.query.get('startpositionticks') ?? 0);
  const data = { ItemIds: items.map(itemId), StartPositionTicks: start, PlayCommand: request.query.get('playcommand') ?? 'PlayNow', ControllingUserId: controllingUser(context) };
  const first = items[0];
  if (!server.sendTo(session, 'Play', data) && first?.file != null && session.driver === 'virtual' && session.device.controllable) server.core.engine.start(session, first, 'direct-play', start / TICKS_PER_MS);
  return noContent();
}

/** A word that is not known is refused; what a client makes of a known one nobody hears. */
function command(context: JellyfinContext): Reply {
  const { server, request } = context;
  if (request.body === '') return problem(415);
  const { Name: name, Arguments: values } = request.fields();
  if (typeof name !== 'string' || !GENERAL_COMMANDS.includes(name)) return problem(400, { '$.Name': ['The JSON value could not be converted to GeneralCommandType.'], command: ['The command field is required.'] });
  const session = target(context);
  if ('status' in session) return session;
  callerSession(context);
  if (!server.sendTo(session, 'GeneralCommand', { Name: name, ControllingUserId: controllingUser(context), Arguments: values ?? {} })) obeyGeneral(server.core.engine, session, name, values);
  return noContent();
}

export const sessionRoutes: readonly Route<JellyfinContext>[] = [
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
  route('DELETE', '/Videos/ActiveEncodings', 'user', endEncoding),
];
