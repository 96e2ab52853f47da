// Style sheets, pictures and fonts mean nothing to a component test.
export default '';
