package main

// demoComment is something said in the newsroom.
type demoComment struct {
	by, body string
	on       string // title of the page; "" is the project itself
	quote    string // words of its body
	settled  bool
	replies  []demoComment
}

// demoProject is a project with what it holds and what is said about it.
type demoProject struct {
	name, description, owner string
	due                      int // days from today; 0 is none
	pages                    []demoPage
	talk                     []demoComment
}

var demoProjects = []demoProject{
	{
		name: "Winter fares", description: "Went out as one, before the season began.", owner: "anna", pages: winterPages,
		talk: []demoComment{
			{by: "ilse", on: "Winter fares", body: "The family day ticket is valid from nine, or all day?", settled: true, replies: []demoComment{
				{by: "anna", body: "All day. It says so on the next page."},
			}},
			{by: "maren", body: "All three are out. Thank you, everybody."},
		},
	},
	{
		name: "Harbour Station reopens", description: "Opening week, press kit and the station page.", owner: "sam", due: 10, pages: harbourPages,
		talk: []demoComment{
			{by: "jonas", on: "Harbour Station reopens", quote: "no more detours over the footbridge", body: "The footbridge stays open. Better: *no more detours*."},
			{by: "sam", on: "Opening week: what is on", body: "Waiting for the harbour band to say yes to Saturday. @tomas do you still have their number?", replies: []demoComment{
				{by: "tomas", body: "Sent it to you. They answer in the evenings."},
				{by: "sam", body: "They play at two. I put it in."},
			}},
			{by: "ilse", on: "Step-free routes at Harbour Station", body: "Walked it with a pram this morning: lift A is signed as lift B on the platform. @anna can we say both until it is mended?"},
			{by: "anna", body: "Two weeks to go. Press kit first, then the step-free page."},
		},
	},
	{
		name: "Coast Pass launch", description: "Everything the public sees when the pass goes on sale.", owner: "anna", due: 14, pages: coastPassPages,
		talk: []demoComment{
			{by: "maren", body: "The board has agreed to the price: **€49 a month**. Please use exactly that, with “tax included”.", replies: []demoComment{
				{by: "anna", body: "It is in the main page and in the comparison."},
				{by: "priya", body: "And in the German one."},
			}},
			{by: "jonas", on: "Compare tickets and passes", body: "“Tickets and passes compared” scans faster in the menu. Take it or leave it."},
			{by: "ilse", on: "Coast Pass goes on sale", quote: "Valid on every operator", body: "This is not true on the night bus yet. We can't publish that sentence. @sam can you use the wording from section 7?", replies: []demoComment{
				{by: "sam", body: "Yes, rewriting now. Should be with you in ten minutes."},
			}},
			{by: "sam", on: "What the Coast Pass covers", quote: "The night bus, on every operator", body: "@anna the headline says every operator, the terms say “from the first Monday”. Which one is right?"},
			{by: "ilse", on: "Refunds and lost passes", body: "There is no summary here, so it would show up empty in search. One sentence is enough.", replies: []demoComment{
				{by: "priya", body: "On my list for this afternoon."},
			}},
			{by: "tomas", on: "Bikes, dogs and prams", body: "Checked with the conductors: prams in the **first** carriage, always. It's ready.", settled: true},
			{by: "jonas", on: "Coast Pass: every train, every ferry, one price", body: "The price is right now, and the list reads well. From my side this can go out, @anna."},
		},
	},
}
