package timeline

const prefixSize = 0

func (r *reader) prefix(t *Timeline) {}
