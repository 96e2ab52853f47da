/** The folder that Usher is served under, with a slash at both ends; the server says it in `<base href>`. */
export const basePath = new URL('.', document.baseURI).pathname;

/** Address of the GraphQL endpoint. */
export const graphqlUrl = new URL('graphql', document.baseURI).href;

/** The same endpoint for the WebSocket. */
export const socketUrl = graphqlUrl.replace(/^http/, 'ws');
