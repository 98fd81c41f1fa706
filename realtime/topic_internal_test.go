package realtime

import "testing"

// TestRingThatRanOverIsNotFilled fills a ring while it is read for: what was read no longer joins what the ring has.
func TestRingThatRanOverIsNotFilled(t *testing.T) {
	const asked, published = 1000, ringSize + 44
	topic := newTopic(nil, "project:1", asked)
	topic.draining = true // nobody is there to be sent anything
	for id := int64(asked + 1); id <= asked+published; id++ {
		topic.publish(&encoded{id: id})
	}
	topic.prepend(asked, []*encoded{{id: asked - 1}, {id: asked}}, 0, true)
	if some, _, inRing := topic.since(&subscription{}, asked); inRing {
		t.Errorf("from %d on the ring claims to have everything and begins with %d", asked, some[0].id)
	}
	if some, _, inRing := topic.since(&subscription{}, asked+published-1); !inRing || len(some) != 1 {
		t.Errorf("the last event is not found: %d events, in the ring: %v", len(some), inRing)
	}
}
