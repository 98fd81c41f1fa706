package main

import "galley/content"

// demoPage is a page of the newsroom and how far it has come.
type demoPage struct {
	title, summary, body string
	by                   string // handle of who writes it
	language             string // "" is English
	of                   string // title of the page that this is a translation of
	state                string // content.Ready or content.Published; "" is a draft
}

// The pages of the three projects. One lacks its summary, so that there is something to mend.
var (
	coastPassPages = []demoPage{
		{
			title: "How to buy: app, kiosk, on board", by: "tomas", state: content.Published,
			summary: "Three ways to a ticket, and which one is quickest where you are.",
			body: "## In the app\n\nChoose your stop, pay, and show the code. It works without a signal.\n\n## At a kiosk\n\nEvery station and every pier has one. " +
				"Kiosks take cards and coins, and give change.\n\n## On board\n\nConductors sell single tickets. *Passes are not sold on board.*\n",
		},
		{
			title: "Coast Pass: every train, every ferry, one price", by: "anna", state: content.Ready,
			summary: "One pass for the whole Merrow Coast Line: trains, ferries and the night bus.",
			body: "The Coast Pass costs **€49 a month, tax included**. It covers every train, every ferry and the night bus between Merrow Sound and Harbour Station.\n\n" +
				"- No zones and no peak hours\n- Bring a bike outside rush hours\n- Children under twelve travel free with any pass holder\n\n[See what the pass covers](/what-the-coast-pass-covers)\n",
		},
		{
			title: "Coast Pass: alle Züge, alle Fähren, ein Preis", by: "priya", language: "de", of: "Coast Pass: every train, every ferry, one price",
			summary: "Ein Pass für die ganze Merrow Coast Line: Züge, Fähren und der Nachtbus.",
			body: "Der Coast Pass kostet **49 € im Monat, inklusive Steuer**. Er gilt in jedem Zug, auf jeder Fähre und im Nachtbus zwischen Merrow Sound und Harbour Station.\n\n" +
				"- Keine Zonen, keine Stoßzeiten\n- Fahrräder außerhalb der Stoßzeiten\n",
		},
		{
			title: "What the Coast Pass covers", by: "tomas",
			summary: "Lines, ferries and hours in which the pass is valid, and the two where it is not.",
			body: "## Covered\n\n- All trains between Merrow Sound and Harbour Station\n- The island ferries, with deck space\n- The night bus, on every operator\n\n## Not covered\n\n" +
				"- Seat reservations on the Friday express\n- The heritage steamer\n",
		},
		{
			title: "Compare tickets and passes", by: "anna", state: content.Ready,
			summary: "Four ways to travel, one page to choose. More than three trips a week? The pass is the cheapest.",
			body: "## Which one is for me?\n\nBuy single tickets if you travel now and then. A ten-trip card never expires, and two people can share it.\n\n" +
				"| | Single | Ten trips | Coast Pass |\n| --- | --- | --- | --- |\n| Price | €4.20 | €36 | €49 a month |\n| Ferries | no | yes | yes |\n| Night bus | no | no | yes |\n",
		},
		{
			title: "Coast Pass goes on sale", by: "sam",
			summary: "The announcement for the front page and the newsletter.",
			body: "From the first day of sale, one pass opens the whole coast. Valid on every operator, every day, from the first train to the last bus.\n\n" +
				"> “We counted the tickets that a commuter needs in a week. There were eleven. Now there is one.”\n",
		},
		{
			title: "Bikes, dogs and prams", by: "tomas", state: content.Ready,
			summary: "What you may bring along, and where it goes.",
			body: "Bikes travel free outside rush hours, at the doors with the bicycle sign. Dogs stay on the lead and off the seats. Prams have room in the first carriage; " +
				"conductors help at the step.\n",
		},
		{
			title: "Refunds and lost passes", by: "priya",
			body: "Lost your pass? Block it in the app, and a new one comes within two days. Unused months are refunded in full.\n",
		},
	}
	harbourPages = []demoPage{
		{
			title: "Harbour Station reopens", by: "sam", state: content.Ready,
			summary: "After two years of work: six platforms, one roof, no more detours over the footbridge.",
			body: "Harbour Station opens its doors again. The old hall keeps its clock and its echo; everything behind it is new.\n\n" +
				"**What is different**\n\n1. All six platforms are reached without steps\n2. Ferries leave from the concourse\n3. The night bus stops under the roof\n",
		},
		{
			title: "Step-free routes at Harbour Station", by: "anna",
			summary: "From every entrance to every platform, by lift or ramp.",
			body:    "All lifts take a wheelchair and a companion. Ask at the information desk for a ramp: it comes within ten minutes.\n\n- Quay Street: ramp to the concourse\n- Ferry pier: level access\n- Tram stop: lift A\n",
		},
		{
			title: "Opening week: what is on", by: "sam",
			summary: "Tours, music, and a first ride for everybody who lives in the street.",
			body:    "| Day | What | Where |\n| --- | --- | --- |\n| Monday | First train, 05:12 | Platform 1 |\n| Wednesday | Tour of the signal box | Meet at the clock |\n| Saturday | Harbour band | Concourse |\n",
		},
		{
			title: "Press kit: Harbour Station", by: "tomas",
			summary: "Facts, figures and pictures to use freely.",
			body:    "Built 1911, rebuilt in two years. 38,000 people a day. Six platforms, four lifts, one clock.\n\nAll pictures may be printed with the line “Photo: Merrow Coast Line”.\n",
		},
	}
	winterPages = []demoPage{
		{
			title: "Winter fares", by: "anna", state: content.Published,
			summary: "What a ticket costs until the end of the season.",
			body:    "Single €4.20 · Ten trips €36 · Family day €14\n\nChildren under six travel free all year. Groups of ten or more get a fifth off.\n",
		},
		{
			title: "Ferries in winter", by: "priya", state: content.Published,
			summary: "Fewer sailings, the same connections: every ferry waits for its train.",
			body:    "Ferries leave twelve minutes after the train has come in. In a storm above force eight they stay at the pier, and the bus takes over.\n",
		},
		{
			title: "Night bus: new operator", by: "tomas", state: content.Published,
			summary: "A new name on the bus, the same stops and the same timetable.",
			body:    "From the first Monday of the month, Sound & Shore runs the night bus. Tickets and passes stay valid. Lost something? Their desk is at Harbour Station.\n",
		},
	}
)
